import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { CloudFormationValidatePlugin, type IPolicyValidationPlugin, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildApp } from '../lib/app.ts';
import { type AcknowledgedFinding, acknowledgedFindings } from './acknowledged-findings.ts';

/**
 * Synthesizes what can be deployed and has it examined by the CDK's own validation of CloudFormation templates, by the
 * AWS Solutions rules of cdk-nag, and for warnings of constructs. Every finding that `acknowledged-findings.ts` does
 * not name fails the check, and so does every entry there that nothing matches any more.
 */
const deployments = [
  { stage: 'dev', overrides: {} },
  // Whatever a configuration can switch on: the trail is on in production anyway.
  {
    stage: 'prod',
    overrides: {
      alarmEmail: 'on-call@example.com',
      domain: { name: 'api.example.com', hostedZone: { id: 'Z0123456789ABC', name: 'example.com' } },
      dashboard: {
        domain: {
          name: 'keys.example.com',
          certificateArn:
            'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000',
          hostedZone: { id: 'Z0123456789ABC', name: 'example.com' },
        },
      },
    },
  },
];

interface Finding {
  readonly stage: string;
  readonly rule: string;
  readonly path: string;
  readonly description: string;
}

/** The parts that are read of the report that the CDK writes into the cloud assembly. */
interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}

function examine({ stage, overrides }: (typeof deployments)[number]): Finding[] {
  const outdir = mkdtempSync(join(tmpdir(), 'latchkey-check-'));
  try {
    const { app } = buildApp({
      outdir,
      context: {
        stage,
        stages: { [stage]: overrides },
        // The findings are read from the report: nothing shall throw or print before that.
        '@aws-cdk/core:failSynthOnValidationErrors': false,
        '@aws-cdk/core:validateAgainstDefaultRules': true,
        '@aws-cdk/core:annotationsInValidationReport': true,
      },
    });
    // Named, so that it runs whatever the environment says (`CDK_VALIDATION`).
    const cloudFormationRules = new CloudFormationValidatePlugin() as IPolicyValidationPlugin;
    Validations.of(app).addPlugins(cloudFormationRules, new AwsSolutionsChecks(app));
    app.synth();
    const report: ValidationReport = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    return report.pluginReports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, description, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath = '(template)' }) => ({
          stage,
          rule: ruleName,
          path: constructPath.replace(/^[^/]+\//, ''),
          description,
        })),
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function acknowledges({ rule, path }: AcknowledgedFinding, finding: Finding): boolean {
  return rule === finding.rule && matchesGlob(finding.path, path.replace('{stage}', finding.stage));
}

const findings = deployments.flatMap(examine);
const open = findings.filter(
  (finding) => !acknowledgedFindings.some((known) => acknowledges(known, finding)),
);
const stale = acknowledgedFindings.filter(
  (known) => !findings.some((finding) => acknowledges(known, finding)),
);
for (const { stage, rule, path, description } of open) {
  console.error(`${stage}: ${rule} at ${path}\n  ${description}`);
}
for (const { rule, path } of stale) {
  console.error(`scripts/acknowledged-findings.ts: nothing matches ${rule} at ${path} any more: remove it`);
}
console.log(
  `template: ${deployments.map(({ stage }) => stage).join(' and ')} examined, ` +
    `${findings.length - open.length} findings acknowledged, ${open.length} open, ${stale.length} acknowledgements out of date`,
);
process.exitCode = open.length + stale.length > 0 ? 1 : 0;
