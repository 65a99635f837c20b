import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { badRequest, conflict, limitExceeded, notFound } from './errors.ts';
import type { ApiKey, KeyStore } from './key-store.ts';
import { pageOf, pageParameters } from './paging.ts';
import { type Route, route } from './router.ts';

/** Per account and Region; AWS does not raise it. */
const maxKeys = 10_000;
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const createSchema = z.strictObject({
  name: z.string().max(1024).optional(),
  description: z.string().max(1024).optional(),
  // Unlike the console, the API makes keys that are disabled unless told otherwise.
  enabled: z.boolean().default(false),
  value: z.string().optional(),
  generateDistinctId: z.literal(true).optional(),
  tags: z.record(z.string(), z.string()).default({}),
});

const patchSchema = z.strictObject({
  patchOperations: z
    .array(
      z.discriminatedUnion('path', [
        z.strictObject({
          op: z.literal('replace'),
          path: z.literal('/enabled'),
          value: z.enum(['true', 'false']),
        }),
        z.strictObject({ op: z.literal('replace'), path: z.literal('/name'), value: z.string() }),
        z.strictObject({ op: z.literal('replace'), path: z.literal('/description'), value: z.string() }),
      ]),
    )
    .default([]),
});

/** CreateApiKey, GetApiKey, GetApiKeys, UpdateApiKey, DeleteApiKey. */
export function keyRoutes(store: KeyStore, clock: Clock): Route[] {
  const find = (keyId = ''): ApiKey => {
    const key = store.get(keyId);
    if (key === undefined) throw notFound('Invalid API Key identifier specified');
    return key;
  };
  return [
    route({
      operation: 'CreateApiKey',
      method: 'POST',
      path: '/apikeys',
      query: z.strictObject({}),
      body: createSchema,
      status: 201,
      act({ body }) {
        const { name = '', description, enabled, tags, value = randomText(40) } = body;
        checkValue(value);
        if (store.size >= maxKeys) throw limitExceeded(`API Keys limit of ${maxKeys} exceeded`);
        if (store.findByValue(value) !== undefined) throw conflict('API Key already exists');
        const now = clock.now() / 1000;
        const id = freshId(store);
        const key: ApiKey = {
          id,
          value,
          name,
          description,
          enabled,
          tags,
          createdAt: now,
          updatedAt: now,
        };
        store.put(key);
        return show(key, true);
      },
    }),
    route({
      operation: 'GetApiKey',
      method: 'GET',
      path: '/apikeys/:id',
      query: z.strictObject({ includeValue: flag.default(false) }),
      act: ({ ids: [id], query }) => show(find(id), query.includeValue),
    }),
    route({
      operation: 'GetApiKeys',
      method: 'GET',
      path: '/apikeys',
      query: z.strictObject({
        ...pageParameters,
        name: z.string().optional(),
        includeValues: flag.default(false),
      }),
      act({ query }) {
        const named = store.all().filter((key) => key.name.startsWith(query.name ?? ''));
        const { items, position } = pageOf(named, (key) => key.id, query);
        return { item: items.map((key) => show(key, query.includeValues)), position };
      },
    }),
    route({
      operation: 'UpdateApiKey',
      method: 'PATCH',
      path: '/apikeys/:id',
      query: z.strictObject({}),
      body: patchSchema,
      act({ ids: [id], body }) {
        const updated = {
          ...find(id),
          ...Object.fromEntries(body.patchOperations.map(changeOf)),
          updatedAt: clock.now() / 1000,
        };
        store.put(updated);
        return show(updated, false);
      },
    }),
    route({
      operation: 'DeleteApiKey',
      method: 'DELETE',
      path: '/apikeys/:id',
      query: z.strictObject({}),
      status: 202,
      act({ ids: [id] }) {
        store.remove(find(id));
      },
    }),
  ];
}

type PatchOperation = z.output<typeof patchSchema>['patchOperations'][number];

function changeOf({ path, value }: PatchOperation): [name: string, value: string | boolean] {
  return [path.slice(1), path === '/enabled' ? value === 'true' : value];
}

function checkValue(value: string): void {
  if (value.length < 20) throw badRequest('API Key value should be at least 20 characters');
  if (value.length > 128) throw badRequest('API Key value should be at most 128 characters');
}

function freshId(store: KeyStore): string {
  const id = randomText(10).toLowerCase();
  return store.get(id) === undefined ? id : freshId(store);
}

function randomText(length: number): string {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join('');
}

function show(key: ApiKey, withValue: boolean): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    description: key.description,
    enabled: key.enabled,
    createdDate: key.createdAt,
    lastUpdatedDate: key.updatedAt,
    stageKeys: [],
    tags: key.tags,
    ...(withValue && { value: key.value }),
  };
}
