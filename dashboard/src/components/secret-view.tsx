import { useRef } from 'react';
import { useConfig } from '../config-context.ts';
import { displayOf, secretFile } from '../rules/secret-file.ts';
import { serverNow } from '../time/clock.ts';
import { Button, type ButtonLook } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { saveFile } from './save-file.ts';

interface SecretViewProps {
  readonly apiKey: string;
  /** What the owner calls the key: of the file, and in it. */
  readonly name: string;
  readonly copyLook?: ButtonLook;
}

/** A key as a whole, to be copied, or downloaded as a file that programs read their environment from. */
export function SecretView({ apiKey, name, copyLook = 'plain' }: SecretViewProps) {
  const { product } = useConfig();
  const shown = useRef<HTMLElement>(null);

  function download(): void {
    const madeAt = new Date(serverNow()).toISOString();
    const file = secretFile(apiKey, { product, name, display: displayOf(apiKey), madeAt });
    saveFile(file.name, new Blob([file.content], { type: 'text/plain' }));
  }

  return (
    <>
      <code className="secret" id="api-key" ref={shown} translate="no">
        {apiKey}
      </code>
      <div className="actions">
        <CopyButton text={apiKey} label="Copy the key" look={copyLook} source={() => shown.current} />
        <Button icon="download" onClick={download}>
          Download as .env
        </Button>
      </div>
    </>
  );
}
