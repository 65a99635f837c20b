import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, BillingMode, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  Code,
  FilterCriteria,
  FilterRule,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SnsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, expect, test } from 'vitest';
import { startServices } from '../../../local/start-services.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { environment as base, clientConfig } from '../aws/support.ts';
import { newDataDir, removeDataDirs } from './support.ts';

afterAll(removeDataDirs);

/** Greets each name in the table that holds the names; a filter keeps the greetings' own records from coming back. */
const code = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
export const handler = async ({ Records }) => {
  for (const { dynamodb } of Records) {
    const id = { S: 'hello ' + dynamodb.NewImage.id.S };
    await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id } }));
  }
  return { batchItemFailures: [] };
};
`;

function synthesize(): unknown {
  const app = new App();
  const stack = new Stack(app, 'S');
  new RestApi(stack, 'Api').root.addMethod('GET', new MockIntegration());
  const table = new Table(stack, 'Names', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
  });
  const greet = new LambdaFunction(stack, 'Greet', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('// the runner takes it from the folder of assets'),
    timeout: Duration.seconds(30),
    environment: { TABLE: table.tableName },
  });
  table.grantWriteData(greet);
  greet.addEventSource(
    // CDK's own types disagree under `exactOptionalPropertyTypes`.
    new DynamoEventSource(table as ITable, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(12),
      maxBatchingWindow: Duration.seconds(1),
      parallelizationFactor: 2,
      onFailure: new SnsDlq(new Topic(stack, 'Failures')),
      filters: [
        FilterCriteria.filter({ dynamodb: { NewImage: { kind: { S: FilterRule.isEqual('name') } } } }),
      ],
    }),
  );
  return app.synth().getStackByName('S').template;
}

test('runs mappings as CDK writes them, and is idle when what functions derive is there', async () => {
  const dataDir = newDataDir();
  const environment = { ...base, dataDir };
  const assets = join(dataDir, 'code');
  mkdirSync(assets);
  writeFileSync(join(assets, 'index.mjs'), code);
  symlinkSync(new URL('../../../node_modules', import.meta.url).pathname, join(assets, 'node_modules'));
  const template = resolveTemplate(synthesize(), environment);
  await using running = new AsyncDisposableStack();
  const services = await startServices(
    {
      environment,
      template,
      assetPath: () => assets,
      assetFolder: () => assets,
      dashboardPort: 0,
      port: 0,
      awsPort: 0,
      inboxPort: 0,
      issuerPort: 0,
      stripePort: 0,
    },
    running,
  );
  const config = clientConfig(services.awsEndpoint);
  const client = running.adopt(new DynamoDBClient(config), (open) => open.destroy());
  const documents = DynamoDBDocumentClient.from(client);

  const TableName = template.byType('AWS::DynamoDB::Table')[0]?.ref ?? '';
  const names = ['Ada', 'Grace', 'Edsger'];
  await Promise.all(
    names.map((id) => documents.send(new PutCommand({ TableName, Item: { id, kind: 'name' } }))),
  );
  await services.streams.whenIdle();
  const { Items = [] } = await documents.send(new ScanCommand({ TableName }));
  expect(Items.map(({ id }) => id).toSorted()).toEqual(
    [...names, ...names.map((name) => `hello ${name}`)].toSorted(),
  );
});
