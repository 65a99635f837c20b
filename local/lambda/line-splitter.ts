/** Cuts a stream of text into lines; what has no end of line yet waits for `flush`. */
export interface LineSplitter {
  push(text: string): void;
  flush(): void;
}

export function createLineSplitter(emit: (line: string) => void): LineSplitter {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      lines.forEach(emit);
    },
    flush() {
      if (rest !== '') emit(rest);
      rest = '';
    },
  };
}
