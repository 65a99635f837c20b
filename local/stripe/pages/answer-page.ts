import type { ApiAnswer, ApiRequest } from '../api/answer-request.ts';
import type { Control } from '../control.ts';

export function answerPage(_control: Control, _request: ApiRequest): ApiAnswer {
  return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'There is no such page.\n' };
}
