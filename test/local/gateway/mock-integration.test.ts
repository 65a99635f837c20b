import { afterEach, expect, it } from 'vitest';
import { api, authorizer, gatewayResponse, method, mockOk, stage, start, stopAll } from './support.ts';

afterEach(stopAll);

it('answers a preflight as CDK declares it', async () => {
  const name = 'method.response.header.Access-Control-Allow-Origin';
  const gateway = await start(
    api(
      method('OPTIONS', '/thing', {
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
          IntegrationResponses: [{ StatusCode: '204', ResponseParameters: { [name]: "'*'" } }],
        },
        MethodResponses: [{ StatusCode: '204', ResponseParameters: { [name]: true } }],
      }),
    ),
  );
  const answer = await gateway.send('OPTIONS', '/thing', { headers: { Origin: 'https://example.com' } });
  expect(answer).toMatchObject({ status: 204, body: '', headers: { 'access-control-allow-origin': '*' } });
});

it('selects the response by status code and substitutes variables', async () => {
  const gateway = await start(
    api(
      stage({ Variables: { word: 'hello' } }),
      method('GET', '/thing', {
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{"statusCode": 404}' },
          IntegrationResponses: [
            { StatusCode: '200' },
            {
              StatusCode: '404',
              SelectionPattern: '4\\d\\d',
              ResponseTemplates: {
                'application/json':
                  '{"$stageVariables.word":"$context.httpMethod $method.request.querystring.q"}',
              },
            },
          ],
        },
        MethodResponses: [{ StatusCode: '200' }, { StatusCode: '404' }],
      }),
    ),
  );
  const answer = await gateway.send('GET', '/thing?q=1');
  expect([answer.status, answer.body]).toEqual([404, '{"hello":"GET 1"}']);
});

it('is a 500 where nothing tells a status code', async () => {
  const gateway = await start(api(method('ANY', '/', { Integration: { Type: 'MOCK' } })));
  const answer = await gateway.send('GET', '/');
  expect([answer.status, answer.body]).toEqual([500, '{"message": "Internal server error"}']);
});

it('quotes the message of an error where the template asks for it, and picks the template by Accept', async () => {
  const gateway = await start(
    api(
      method('GET', '/thing', mockOk),
      authorizer(),
      gatewayResponse('MISSING_AUTHENTICATION_TOKEN', {
        ResponseTemplates: {
          'application/json': '{"a":$context.error.messageString,"b":"$context.error.message"}',
          'text/plain': '$context.error.message!',
        },
      }),
    ),
  );
  const json = await gateway.send('GET', '/nowhere');
  expect(JSON.parse(json.body)).toEqual({
    a: 'Missing Authentication Token',
    b: 'Missing Authentication Token',
  });
  const text = await gateway.send('GET', '/nowhere', { headers: { Accept: 'text/plain;q=0.9' } });
  expect([text.body, text.headers['content-type']]).toEqual(['Missing Authentication Token!', 'text/plain']);
});
