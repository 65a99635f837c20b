import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Page } from 'playwright-core';
import { tableName } from '../stack/management-support.ts';
import type { Payer } from '../stack/payment-support.ts';
import type { TestStack } from '../stack/test-stack.ts';
import { keepScreen } from './browser.ts';
import { accessibilityFaults } from './dashboard-visit.ts';
import { overflow } from './looks.ts';

const window = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

/** What is wrong with what the page shows now, in all looks. */
export async function faultsOf(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const [look, colorScheme, size, rules] of [
    ['light', 'light', window, undefined],
    ['dark', 'dark', window, ['color-contrast', 'link-in-text-block']],
    ['phone', 'light', phone, ['target-size', 'scrollable-region-focusable']],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await keepScreen(page, `page-${name}-${look}`);
    const wider = await overflow(page);
    const faults = await accessibilityFaults(page, rules);
    found.push(
      ...[...faults, ...(wider > 0 ? [`${wider} pixels too wide`] : [])].map(
        (fault) => `${name} ${look} ${fault}`,
      ),
    );
  }
  await page.setViewportSize(window);
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

/**
 * A sign of life of the present month: requests of each day until today, with one key or two.
 * @param busiest requests of a busy day
 */
export async function useMonth(
  stack: TestStack,
  payer: Pick<Payer, 'keyId' | 'subscriptionId'>,
  other?: string,
  busiest = 112,
): Promise<void> {
  const now = new Date(stack.clock.now()).toISOString();
  const today = Number(now.slice(8, 10));
  const days = Array.from({ length: today }, (_, day) => [
    `d${String(day + 1).padStart(2, '0')}`,
    Math.ceil(busiest * (0.2 + ((day * 37) % 90) / 112)),
  ]);
  const total = days.reduce((sum, [, requests]) => sum + Number(requests), 0);
  const ofOther = other === undefined ? 0 : Math.floor(total / 4);
  const values = Object.entries({
    ...Object.fromEntries(days),
    [`k_${payer.keyId}`]: total - ofOther,
    ...(other === undefined ? {} : { [`k_${other}`]: ofOther }),
    [`u_${payer.keyId}_1`]: Math.floor(stack.clock.now() / 1000) - 240,
    total,
  });
  await stack.dynamodb.send(
    new UpdateCommand({
      TableName: tableName(stack, 'Usage'),
      Key: { subscriptionId: payer.subscriptionId, period: now.slice(0, 7) },
      UpdateExpression: `SET ${values.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(values.map(([name], index) => [`#n${index}`, name])),
      ExpressionAttributeValues: Object.fromEntries(values.map(([, value], index) => [`:v${index}`, value])),
    }),
  );
}
