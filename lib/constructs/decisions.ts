import { Construct } from 'constructs';
import { productEnvironment } from '../../functions/runtime/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { Alarms } from './alarms.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { productOf } from './product.ts';
import { serviceAlarm } from './service-alarm.ts';
import type { Usage } from './usage.ts';

export interface DecisionsProps {
  readonly config: Config;
  readonly usage: Usage;
  readonly alarms: Alarms;
}

/** The protected API that ships with the product: `POST /decisions/evaluate`, metered. */
export class Decisions extends Construct {
  readonly evaluate: LatchkeyFunction;

  constructor(scope: Construct, id: string, { config, usage, alarms }: DecisionsProps) {
    super(scope, id);
    this.evaluate = new LatchkeyFunction(this, 'EvaluateDecision', {
      config,
      name: 'evaluate-decision',
      description: 'POST /decisions/evaluate',
      memorySize: 1024,
    });
    usage.grantCount(this.evaluate);
    this.evaluate.addEnvironments(productEnvironment, productOf(config));
    alarms.add(
      serviceAlarm(this, 'MeterUnknownOutcomes', {
        config,
        service: 'evaluate-decision',
        metricName: metricNames.meterUnknownOutcomes,
        threshold: 5,
        description: 'Requests were answered 503 because a count got lost. docs/runbook.md#meter-fails',
      }),
    );
    alarms.add(
      serviceAlarm(this, 'MeterUnavailable', {
        config,
        service: 'evaluate-decision',
        metricName: metricNames.meterUnavailable,
        threshold: 5,
        description: 'Requests were answered 503 because counting was throttled. docs/runbook.md#meter-fails',
      }),
    );
  }
}
