import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { tierLimitsEnvironment } from '../../functions/runtime/contract.ts';
import type { Config } from '../config.ts';
import type { FunctionName } from '../function-entries.ts';
import type { Detection } from './detection.ts';
import type { Keys } from './keys.ts';
import { functionsIn, type LatchkeyFunction, type MakeFunction } from './latchkey-function.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface KeyManagementProps {
  readonly config: Config;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
  readonly detection: Pick<Detection, 'grantLastLook'>;
}

/** The management functions of keys, one per act, so that IAM can tell them apart. */
export class KeyManagement extends Construct {
  /** Functions that change something, or whose answer holds a key. */
  readonly acts: readonly LatchkeyFunction[];
  /** Functions that only tell. */
  readonly reads: readonly LatchkeyFunction[];
  readonly #make: MakeFunction;
  readonly #props: KeyManagementProps;

  constructor(scope: Construct, id: string, props: KeyManagementProps) {
    super(scope, id);
    this.#props = props;
    this.#make = functionsIn(this, props.config);
    this.acts = [
      this.#generate(),
      this.#rotate(),
      this.#revoke(),
      this.#suspendOrResume('SuspendKey', 'suspend-key', 'Suspends an API key until it is resumed'),
      this.#suspendOrResume('ResumeKey', 'resume-key', 'Lifts the suspension of an API key by an admin'),
      this.#changeTier(),
      this.#rotatePepper(),
    ];
    this.reads = [this.#get(), this.#list(), this.#getPepperUsage()];
  }

  #generate(): LatchkeyFunction {
    const { config, keys, subscriptions } = this.#props;
    const generate = this.#make(
      'GenerateKey',
      'generate-key',
      'Makes an API key, and the subscription where there is none',
      {
        timeout: Duration.seconds(30),
      },
    );
    keys.grantMint(generate);
    subscriptions.grantPlan(generate);
    subscriptions.grantUsageKeys(generate);
    generate.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(config.limits) });
    return generate;
  }

  #rotate(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const rotate = this.#make(
      'RotateKey',
      'rotate-key',
      'Gives an API key a new secret, with or without a grace period for the old one',
    );
    keys.grantMint(rotate);
    subscriptions.grantIdempotency(rotate);
    return rotate;
  }

  #revoke(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const revoke = this.#make('RevokeKey', 'revoke-key', 'Ends an API key for good');
    keys.grantWrite(revoke);
    subscriptions.grantWrite(revoke);
    this.#props.detection.grantLastLook(revoke);
    return revoke;
  }

  #suspendOrResume(id: string, name: FunctionName, description: string): LatchkeyFunction {
    const fn = this.#make(id, name, description);
    this.#props.keys.grantWriteTimed(fn);
    return fn;
  }

  #changeTier(): LatchkeyFunction {
    const { config, keys, subscriptions } = this.#props;
    const change = this.#make(
      'ChangeTier',
      'change-tier',
      'Moves a subscription and its keys to another tier',
      {
        timeout: Duration.seconds(30),
      },
    );
    keys.grantWriteTimed(change);
    subscriptions.grantPlan(change);
    subscriptions.grantUsageKeys(change);
    change.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(config.limits) });
    return change;
  }

  #rotatePepper(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const rotate = this.#make(
      'RotatePepper',
      'rotate-pepper',
      'Makes a new pepper current; no key is reissued',
    );
    keys.grantAddPepper(rotate);
    subscriptions.grantPlatform(rotate);
    return rotate;
  }

  #get(): LatchkeyFunction {
    const { keys } = this.#props;
    const get = this.#make('GetKey', 'get-key', 'Tells everything about an API key but its secrets');
    keys.grantRead(get);
    keys.grantPepper(get);
    return get;
  }

  #list(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const list = this.#make('ListKeys', 'list-keys', 'Lists the API keys of a subscription');
    keys.grantRead(list);
    keys.grantList(list);
    subscriptions.grantRead(list);
    return list;
  }

  #getPepperUsage(): LatchkeyFunction {
    const { keys } = this.#props;
    const get = this.#make(
      'GetPepperUsage',
      'get-pepper-usage',
      'Counts which peppers live secrets still use',
      {
        timeout: Duration.minutes(15),
      },
    );
    keys.grantScan(get);
    keys.grantPepper(get);
    return get;
  }
}
