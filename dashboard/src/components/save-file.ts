/** Hands a file to the browser's downloads. It is made here: no address leads to it, and nothing is sent anywhere. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; a moment later the address is worthless.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
