import type { StreamRecord } from '../dynamodb/stream-record.ts';

/** One record of a batch, as a function gets it. */
export interface LambdaRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: Readonly<Record<string, unknown>>;
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: string };
  readonly eventSourceARN: string;
}

export function lambdaRecord(record: StreamRecord, streamArn: string): LambdaRecord {
  return {
    eventID: record.eventId,
    eventName: record.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: streamArn.split(':')[3] ?? '',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(record.createdAt / 1000),
      Keys: record.keys,
      ...(record.newImage && { NewImage: record.newImage }),
      ...(record.oldImage && { OldImage: record.oldImage }),
      SequenceNumber: sequenceNumber(record),
      SizeBytes: record.sizeBytes,
      StreamViewType: record.viewType,
    },
    ...(record.expired && {
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    }),
    eventSourceARN: streamArn,
  };
}

/** 21 digits, the fewest that AWS uses; of one width, so that text and numbers have the same order. */
export function sequenceNumber({ sequence }: StreamRecord): string {
  return `1${String(sequence).padStart(20, '0')}`;
}
