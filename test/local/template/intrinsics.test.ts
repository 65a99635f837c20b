import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluated, tableArn } from './support.ts';

describe('intrinsic functions', () => {
  it.each([
    ['Ref of a resource is its physical id', { Ref: 'Keys' }, 'Latchkey-test-Keys'],
    ['Ref of the Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Ref of the account', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['Ref of the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref of the URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Ref of the stack name', { Ref: 'AWS::StackName' }, 'Latchkey-test'],
    [
      'Ref of the stack id',
      { Ref: 'AWS::StackId' },
      'arn:aws:cloudformation:eu-west-1:123456789012:stack/Latchkey-test/local',
    ],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Keys', 'Arn'] }, tableArn],
    ['Fn::GetAtt with a dot', { 'Fn::GetAtt': 'Keys.Arn' }, tableArn],
    [
      'Fn::Join of what is resolved first',
      { 'Fn::Join': ['', [{ Ref: 'AWS::Region' }, '/', 3]] },
      'eu-west-1/3',
    ],
    ['Fn::Join of a computed list', { 'Fn::Join': ['-', { 'Fn::Split': [':', 'a:b'] }] }, 'a-b'],
    ['Fn::Join without an absent element', { 'Fn::Join': [',', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a,b'],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    [
      'Fn::Sub of text',
      { 'Fn::Sub': 'x-${AWS::Region}-${Keys}-${Keys.Arn}' },
      `x-eu-west-1-Latchkey-test-Keys-${tableArn}`,
    ],
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': ['${a}${AWS::Region}', { a: { Ref: 'Evaluate' } }] },
      'evaluateeu-west-1',
    ],
    ['Fn::Sub of a literal', { 'Fn::Sub': '$ ${!Keys} $${AWS::Region}' }, '$ ${Keys} $eu-west-1'],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    ['Fn::Select by a string index', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    [
      'Fn::Select of a split',
      { 'Fn::Select': [4, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Keys', 'Arn'] }] }] },
      '123456789012',
    ],
  ])('%s', (_name, expression, expected) => {
    expect(evaluated(expression)).toBe(expected);
  });

  it('finds a value in a mapping, by keys that are resolved first', () => {
    const Mappings = { Regions: { 'eu-west-1': { zone: 'Z32O' } } };
    expect(evaluated({ 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'zone'] }, { Mappings })).toBe(
      'Z32O',
    );
    expect(() => evaluated({ 'Fn::FindInMap': ['Regions', 'mars-1', 'zone'] }, { Mappings })).toThrow(
      'mapping Regions has no mars-1.zone',
    );
  });

  it('leaves out a property whose value is AWS::NoValue', () => {
    expect(evaluated({ kept: 1, dropped: { Ref: 'AWS::NoValue' } })).toEqual({ kept: 1 });
  });

  it('gives a parameter its default, and a list parameter a list', () => {
    const Parameters = {
      Name: { Type: 'String', Default: 'latchkey' },
      Size: { Type: 'Number', Default: 3 },
      Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
      BootstrapVersion: {
        Type: 'AWS::SSM::Parameter::Value<String>',
        Default: '/cdk-bootstrap/hnb659fds/version',
      },
    };
    expect(evaluated({ Ref: 'Name' }, { Parameters })).toBe('latchkey');
    expect(evaluated({ Ref: 'Size' }, { Parameters })).toBe('3');
    expect(evaluated({ Ref: 'Zones' }, { Parameters })).toEqual(['a', 'b']);
    expect(evaluated({ Ref: 'BootstrapVersion' }, { Parameters })).toMatch(/^\d+$/);
  });

  it('keeps a policy document’s own Condition block as it is', () => {
    const statement = {
      Effect: 'Allow',
      Condition: { StringEquals: { 'kms:ViaService': { Ref: 'AWS::Region' } } },
    };
    expect(evaluated(statement)).toEqual({
      Effect: 'Allow',
      Condition: { StringEquals: { 'kms:ViaService': 'eu-west-1' } },
    });
  });

  it.each([
    [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not supported by the local runner'],
    [{ 'Fn::Base64': 'x' }, 'Fn::Base64 is not supported by the local runner'],
    [{ 'Fn::Transform': { Name: 'x' } }, 'Fn::Transform is not supported by the local runner'],
    [
      { 'Fn::Join': ['', []], other: 1 },
      'Fn::Join must be the only member of its object, found Fn::Join, other',
    ],
    [{ 'Fn::Join': [''] }, 'Fn::Join takes 2 elements, found 1'],
    [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'expected a string'],
    [{ 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select of element 2 from a list of 2'],
    [{ 'Fn::GetAtt': 'Keys' }, 'Fn::GetAtt needs a logical id and an attribute, found "Keys"'],
    [
      { 'Fn::GetAtt': ['Keys', 'Colour'] },
      'attribute Colour of Keys (AWS::DynamoDB::Table) is not supported',
    ],
    [
      { 'Fn::GetAtt': ['Keys', 'StreamArn'] },
      'attribute StreamArn of Keys (AWS::DynamoDB::Table) is not supported',
    ],
    [{ Ref: 'Kyes' }, 'Kyes is neither a resource nor a parameter of the template'],
    [{ Ref: 'constructor' }, 'constructor is neither a resource nor a parameter'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    [{ 'Fn::Sub': '${Kyes.Arn}' }, 'Kyes is neither a resource nor a parameter'],
    ['{{resolve:ssm:/a}}', 'dynamic reference {{resolve:ssm:/a}} is not supported'],
  ])('refuses %j and says where', (expression, message) => {
    expect(() => evaluated(expression)).toThrow(`Resources.Probe.Properties.Environment.Variables.probe`);
    expect(() => evaluated(expression)).toThrow(message);
  });

  it('refuses a parameter whose value it cannot know', () => {
    const missing = { Parameters: { Name: { Type: 'String' } } };
    expect(() => evaluated({ Ref: 'Name' }, missing)).toThrow('Parameters.Name: has no default');
    const looked = { Parameters: { Ami: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' } } };
    expect(() => evaluated({ Ref: 'Ami' }, looked)).toThrow(
      'AWS::SSM::Parameter::Value<String> is not supported',
    );
  });
});

describe('Fn::Sub and Fn::Join', () => {
  /** Pieces of a text, each as `Fn::Sub` writes it, as `Fn::Join` writes it, and as it comes out. */
  const piece = fc.oneof(
    fc
      .string({ minLength: 1 })
      .filter((text) => !/[${}]/.test(text))
      .map((text) => ({ sub: text, join: text as unknown, out: text })),
    fc
      .constantFrom('$', '{', '}', '$$', '}{')
      .map((text) => ({ sub: text, join: text as unknown, out: text })),
    fc.constantFrom('Name', 'a.b', '').map((name) => ({
      sub: `\${!${name}}`,
      join: `\${${name}}` as unknown,
      out: `\${${name}}`,
    })),
    fc.constantFrom(
      { sub: `\${AWS::Region}`, join: { Ref: 'AWS::Region' } as unknown, out: 'eu-west-1' },
      { sub: `\${Keys}`, join: { Ref: 'Keys' } as unknown, out: 'Latchkey-test-Keys' },
      { sub: `\${Keys.Arn}`, join: { 'Fn::GetAtt': ['Keys', 'Arn'] } as unknown, out: tableArn },
    ),
  );
  // A `$` right before a `{` opens a variable: such neighbours are a different text, not a different spelling.
  const pieces = fc
    .array(piece, { maxLength: 8 })
    .filter((list) =>
      list.every(({ out }, index) => !(out.endsWith('$') && (list[index + 1]?.out ?? '').startsWith('{'))),
    );

  it('give the concatenation of what their pieces stand for', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const out = list.map((item) => item.out).join('');
        expect(evaluated({ 'Fn::Sub': list.map((item) => item.sub).join('') })).toBe(out);
        expect(evaluated({ 'Fn::Join': ['', list.map((item) => item.join)] })).toBe(out);
      }),
    );
  });

  it('undo Fn::Split', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 3 }), fc.string(), (delimiter, text) => {
        expect(evaluated({ 'Fn::Join': [delimiter, { 'Fn::Split': [delimiter, text] }] })).toBe(text);
      }),
    );
  });
});
