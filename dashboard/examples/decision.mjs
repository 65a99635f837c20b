// Asks for one decision. Needs Node 18 or newer, and no packages.
// Runs on a server: whoever opens a web page can read what is in it.

const endpoint = 'https://api.example.com/decisions/evaluate';
const apiKey = (process.env.DECISION_API_KEY ?? '').trim();

/** Answers what holds the decision; an Error says what went wrong. */
async function evaluate(request, mayWait = true) {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-API-Key': apiKey },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(30_000),
  });
  if (answer.ok) return answer;
  // Too fast, or a fault that passes: wait as told, and try once more.
  const wait = Number(answer.headers.get('Retry-After'));
  const isPassing = [429, 503].includes(answer.status) && wait > 0 && wait <= 60;
  if (!mayWait || !isPassing) throw new Error(await explain(answer));
  await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  return evaluate(request, false);
}

/** Errors are JSON too: title and detail are written for people. */
async function explain(answer) {
  const type = answer.headers.get('Content-Type') ?? '';
  if (!type.includes('json')) return `status ${answer.status}`;
  const { title, detail } = await answer.json();
  const requestId = answer.headers.get('x-amzn-RequestId');
  return `${title}. ${detail} Request id: ${requestId}`;
}

if (apiKey === '') {
  console.error('Set the environment variable DECISION_API_KEY first.');
  process.exit(1);
}
try {
  const answer = await evaluate({
    category: 'FINANCIAL',
    amount: 1000,
    description: 'Renew the design tool',
  });
  const decision = await answer.json();
  console.log(decision.risk_level, decision.action_required);
  console.log('RateLimit:', answer.headers.get('RateLimit'));
} catch (error) {
  console.error(`No decision: ${error.message}`);
  process.exitCode = 1;
}
