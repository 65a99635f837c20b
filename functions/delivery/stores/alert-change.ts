import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { type AlertChange, isAlert } from '../rules/alert-news.ts';

/**
 * A change of table Alerts, as its stream hands it over. Undefined for what was written past the product: the record raises
 * the alarm, and nobody can be told what happened.
 */
export function readAlertChange(images: DynamoDBRecord['dynamodb']): AlertChange | 'gone' | undefined {
  if (images?.NewImage === undefined) return 'gone';
  try {
    const [before, after] = [images.OldImage, images.NewImage].map((image) =>
      image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>),
    );
    if (!isAlert(after)) return undefined;
    return { after, ...(isAlert(before) ? { before } : {}) };
  } catch {
    return undefined;
  }
}
