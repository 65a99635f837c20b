import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import type { State } from '../state.ts';
import { readServiceAccess } from './iam/service-access.ts';
import { queryOperation, queryService } from './query-service.ts';
import { AwsError, type AwsRequest, type AwsService, type ConditionContext } from './service.ts';
import { createDeliveries } from './sns/deliveries.ts';
import { readTopics, type Topic } from './sns/read-topics.ts';
import { newMessageId, snsEvent } from './sns/sns-event.ts';

export interface SnsOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** The template's topics, their policies and subscriptions, KMS keys and Lambda permissions; others are passed over. */
  readonly resources: readonly ResolvedResource[];
  /** The ARN of a key of the template by id, ARN or alias; see `createKms`. */
  readonly keyArn: (keyId: string) => string;
  readonly invoker: FunctionInvoker;
  /** Every message, as a line of JSON `{ topic, subject?, message, at }`, and in plain words what was not delivered. */
  readonly log: (line: string) => void;
}

export interface Sns extends AwsService {
  /**
   * Publishes in the name of an AWS service. Once it returns, the message outlives the process.
   * @returns why the service may not, where it may not: nobody hears of it in the cloud
   */
  publishAs(
    service: string,
    topicArn: string,
    message: string,
    context: ConditionContext,
  ): string | undefined;
  /** Begins to hand messages over. */
  start(): void;
  close(): Promise<void>;
}

const maximumMessageBytes = 262_144;

/** SNS: `Publish` to topics of the template, delivered to the functions that are subscribed. */
export function createSns(options: SnsOptions): Sns {
  const { environment, clock, log } = options;
  const topics = readTopics(options.resources, environment);
  const mayService = readServiceAccess(options.resources);
  const deliveries = createDeliveries(options);
  const keyActions = ['kms:GenerateDataKey', 'kms:Decrypt'];
  const keyContext = (topic: Topic) => ({
    'kms:ViaService': `sns.${environment.region}.amazonaws.com`,
    'kms:EncryptionContext:aws:sns:topicArn': topic.arn,
  });

  function publish(topic: Topic, message: string, subject?: string): string {
    const messageId = newMessageId();
    const at = clock.now();
    log(JSON.stringify({ topic: topic.arn, subject, message, at: new Date(at).toISOString() }));
    for (const { arn, functionArn, permitted } of topic.subscriptions) {
      if (permitted) {
        const event = snsEvent(arn, { topicArn: topic.arn, messageId, subject, message, at });
        deliveries.add({ functionArn, event });
      } else {
        log(
          `${functionArn}: message ${messageId} was not delivered: no AWS::Lambda::Permission allows it to sns.amazonaws.com for ${topic.arn}`,
        );
      }
    }
    return messageId;
  }

  /** SNS encrypts in the caller's name. */
  function useKey(request: AwsRequest, topic: Topic): void {
    if (topic.kmsKeyId === undefined) return;
    const keyArn = options.keyArn(topic.kmsKeyId);
    try {
      for (const action of keyActions) request.authorize(action, keyArn, keyContext(topic));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError('KMSAccessDenied', error.message);
    }
  }

  const service = queryService({
    signingName: 'sns',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    version: '2010-03-31',
    codes: { denied: 'AuthorizationError', invalid: 'InvalidParameter' },
    operations: {
      Publish: queryOperation(
        z.strictObject({
          TopicArn: z.string().min(1),
          Message: z.string().min(1),
          Subject: z
            .string()
            .regex(/^[!-~][ -~]{0,99}$/, 'Invalid parameter: Subject')
            .optional(),
        }),
        (input, request) => {
          request.authorize('sns:Publish', input.TopicArn);
          const topic = topics.get(input.TopicArn);
          if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
          if (Buffer.byteLength(input.Message) > maximumMessageBytes) {
            throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
          }
          useKey(request, topic);
          return { MessageId: publish(topic, input.Message, input.Subject) };
        },
      ),
    },
  });

  return {
    ...service,
    publishAs(name, topicArn, message, context) {
      const topic = topics.get(topicArn);
      if (topic === undefined) return `${topicArn} is no topic of the template`;
      if (!mayService(name, 'sns:Publish', topicArn, context)) {
        return `no AWS::SNS::TopicPolicy of ${topicArn} allows it to ${name}`;
      }
      const keyArn = topic.kmsKeyId === undefined ? undefined : options.keyArn(topic.kmsKeyId);
      const allowed = (action: string) =>
        keyArn === undefined || mayService(name, action, keyArn, keyContext(topic));
      if (!keyActions.every(allowed)) {
        return `the policy of the topic's key ${keyArn} does not allow ${keyActions.join(', ')} to ${name}`;
      }
      publish(topic, message);
      return undefined;
    },
    start: () => deliveries.start(),
    close: () => deliveries.close(),
  };
}
