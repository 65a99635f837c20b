/** Header names and CORS values that gateway responses and functions must agree on. */
export const apiKeyHeader = 'X-API-Key';
export const problemMediaType = 'application/problem+json';

/** Response headers that a browser's script may read. */
export const exposedHeaders = ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'x-amzn-RequestId'];

/** Any page may call the API: it is authorized by a header that no browser sends by itself. */
export const corsHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': exposedHeaders.join(', '),
};

/** Answers are for one caller and one moment. */
export const privateHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};
