import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { saveFile } from '../../components/save-file.ts';
import { Tabs } from '../../components/tabs.tsx';
import { useConfig } from '../../config-context.ts';
import { exampleFor } from '../../rules/example.ts';
import { variableName } from '../../rules/secret-file.ts';
import { type Example, examples } from './examples.ts';

const shells = [
  {
    id: 'unix',
    label: 'macOS and Linux',
    code: `read -rs ${variableName} && export ${variableName}`,
  },
  {
    id: 'windows',
    label: 'PowerShell 7',
    code: `$Env:${variableName} = Read-Host -MaskInput "API key"`,
  },
];

/** The same call by programs: complete, for this very deployment, and run by the tests as they stand here. */
export function CodeStep() {
  return (
    <Card title="3. Call it from your code">
      <p>
        The programs take the key from the environment variable <code translate="no">{variableName}</code>, so
        that it is never in the code. Give it to your terminal: paste the key after this line and press Enter;
        it is neither shown nor kept in the history.
      </p>
      <Tabs
        label="Terminal"
        tabs={shells.map(({ id, label, code }) => ({
          id,
          label,
          content: <CodeBlock title={`Terminal: ${label}`} language="shell" code={code} />,
        }))}
      />
      <h3>The program</h3>
      <Tabs
        label="Language"
        tabs={examples.map((example) => ({
          id: example.file,
          label: example.label,
          content: <Program example={example} />,
        }))}
      />
    </Card>
  );
}

function Program({ example: { file, language, needs, run, code } }: { readonly example: Example }) {
  const { apiUrl } = useConfig();
  const printed = exampleFor(apiUrl, code);
  return (
    <>
      <p>
        Needs {needs} Save it, then run <code translate="no">{run}</code>.
      </p>
      <CodeBlock
        title={file}
        language={language}
        code={printed}
        actions={
          <Button
            isSmall
            look="quiet"
            icon="download"
            onClick={() => saveFile(file, new Blob([printed], { type: 'text/plain' }))}
          >
            Download
          </Button>
        }
      />
    </>
  );
}
