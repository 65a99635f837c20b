import type { APIGatewayProxyResult } from 'aws-lambda';
import { parseEnvironment } from '../../runtime/environment.ts';
import { mailProductEnvironment } from '../contract.ts';
import { claimPage } from '../page/claim-page.ts';

const { html, headers } = claimPage(parseEnvironment(mailProductEnvironment).MAIL_PRODUCT);

/** `GET /claim`: the same page for everybody. It reads neither the request nor any store, so it gives nothing away. */
export const handler = async (): Promise<APIGatewayProxyResult> => ({ statusCode: 200, headers, body: html });
