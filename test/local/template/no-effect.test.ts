import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ResolvedResource } from '../../../local/model.ts';
import {
  noEffectHandlers,
  noEffectProperties,
  noEffectTypes,
  servedTypes,
  stripNoEffect,
} from '../../../local/no-effect.ts';

function resource(type: string, properties: Record<string, unknown>): ResolvedResource {
  return { logicalId: 'Thing', type, ref: 'thing', attributes: {}, properties };
}

describe('the list of what has no effect', () => {
  it('a type is either served or without effect, never both', () => {
    expect(Object.keys(noEffectTypes).filter((type) => Object.hasOwn(servedTypes, type))).toEqual([]);
  });

  it('only served types have single properties without effect', () => {
    expect(Object.keys(noEffectProperties).filter((type) => !Object.hasOwn(servedTypes, type))).toEqual([]);
  });

  it('every served type names a part of the local runner that exists', () => {
    const exists = (part: string) =>
      ['', '.ts'].some((end) => existsSync(new URL(`../../../${part}${end}`, import.meta.url)));
    expect(Object.entries(servedTypes).filter(([, part]) => !exists(part))).toEqual([]);
  });

  it('every entry gives a reason', () => {
    const reasons = [noEffectHandlers, noEffectTypes, ...Object.values(noEffectProperties)].flatMap((entry) =>
      Object.values(entry),
    );
    expect(reasons.filter((reason) => reason.split(' ').length < 4)).toEqual([]);
  });
});

describe('stripNoEffect', () => {
  it('drops alarms and keeps tables', () => {
    const kept = stripNoEffect([
      resource('AWS::CloudWatch::Alarm', {}),
      resource('AWS::DynamoDB::Table', {}),
    ]);
    expect(kept.map(({ type }) => type)).toEqual(['AWS::DynamoDB::Table']);
  });

  it('drops the function that a deployment alone calls, and no other', () => {
    const fn = (name: string): ResolvedResource => ({
      ...resource('AWS::Lambda::Function', {}),
      logicalId: name,
      attributes: { Arn: `arn:${name}` },
    });
    const kept = stripNoEffect([
      fn('Copy'),
      fn('Evaluate'),
      resource('Custom::CDKBucketDeployment', { ServiceToken: 'arn:Copy', Prune: true }),
    ]);
    expect(kept.map(({ logicalId }) => logicalId)).toEqual(['Evaluate', 'Thing']);
    expect(kept.at(-1)?.properties).toEqual({ Prune: true });
  });

  it('removes the listed properties and nothing else, in lists too, and leaves its input alone', () => {
    const stage = resource('AWS::ApiGateway::Stage', {
      StageName: 'dev',
      TracingEnabled: true,
      MethodSettings: [
        { HttpMethod: '*', MetricsEnabled: true, ThrottlingRateLimit: 5 },
        { HttpMethod: 'GET', LoggingLevel: 'ERROR' },
      ],
    });
    const before = structuredClone(stage);
    expect(stripNoEffect([stage])[0]?.properties).toEqual({
      StageName: 'dev',
      MethodSettings: [{ HttpMethod: '*', ThrottlingRateLimit: 5 }, { HttpMethod: 'GET' }],
    });
    expect(stage).toEqual(before);
  });

  it('leaves a property that it does not know for the service to refuse', () => {
    const table = resource('AWS::DynamoDB::Table', { Novelty: 1, SSESpecification: {} });
    expect(stripNoEffect([table])[0]?.properties).toEqual({ Novelty: 1 });
  });

  it('refuses a type that is neither served nor listed, by type and logical id', () => {
    expect(() => stripNoEffect([resource('AWS::SQS::Queue', {})])).toThrow(
      'AWS::SQS::Queue (Thing) is not supported by the local runner',
    );
    expect(() => stripNoEffect([resource('toString', {})])).toThrow('toString (Thing) is not supported');
  });
});
