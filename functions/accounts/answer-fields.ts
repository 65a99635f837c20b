import * as z from 'zod';

/** What fields of answers have in common. */

export const time = (description: string) =>
  z.string().meta({
    description: `${description} ISO 8601 in UTC.`,
    format: 'date-time',
    example: '2026-11-27T10:00:00.000Z',
  });

export const count = (description: string, example: number) => z.int().min(0).meta({ description, example });

export const text = (description: string, example: string) => z.string().meta({ description, example });

export const nextPage = (example: string) =>
  text('Where the next page begins; absent on the last one.', example).optional();
