import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { Alarms } from './alarms.ts';
import type { Keys } from './keys.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { serviceAlarm } from './service-alarm.ts';
import { sweepMissingAlarm } from './sweep-missing-alarm.ts';

export interface RotationProps {
  readonly config: Config;
  readonly alarms: Alarms;
  readonly keys: Keys;
}

/** The hourly sweep that notices, rotates, reminds, retires and delivers again. */
export class Rotation extends Construct {
  constructor(scope: Construct, id: string, { config, alarms, keys }: RotationProps) {
    super(scope, id);
    const rotate = new LatchkeyFunction(this, 'RotateKeys', {
      config,
      name: 'rotate-keys',
      description: 'Hourly: does to each key what is due, and nothing to the others',
      memorySize: 1024,
      timeout: Duration.minutes(15),
    });
    keys.grantSeal(rotate);
    keys.grantDue(rotate);
    new Rule(this, 'Hourly', {
      description: 'Sweeps the keys that have something due',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(rotate as IFunction)],
    });
    alarms.add(
      serviceAlarm(this, 'RotationFails', {
        config,
        service: 'rotate-keys',
        metricName: metricNames.rotationFailed,
        threshold: 1,
        description:
          'A key could not be noticed, rotated or delivered again. docs/runbook.md#rotation-fails-or-lags',
      }),
    );
    alarms.add(
      serviceAlarm(this, 'RotationLags', {
        config,
        service: 'rotate-keys',
        metricName: metricNames.rotationLag,
        threshold: Duration.hours(2).toSeconds(),
        statistic: 'Maximum',
        description: 'Something was due two hours ago or more. docs/runbook.md#rotation-fails-or-lags',
      }),
    );
    alarms.add(
      sweepMissingAlarm(
        this,
        'SweepMissing',
        rotate,
        'No sweep came to its end for three hours. docs/runbook.md#rotation-fails-or-lags',
      ),
    );
  }
}
