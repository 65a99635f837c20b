import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkOf } from '../../functions/alerts/rules/network.ts';

describe('the network of an address', () => {
  test.each([
    ['198.51.100.7', '198.51.100.0/24'],
    ['0.0.0.0', '0.0.0.0/24'],
    ['255.255.255.255', '255.255.255.0/24'],
    ['2001:db8:12:3400::1', '2001:db8:12::/48'],
    ['2001:0DB8:0012:3400:0:0:0:1', '2001:db8:12::/48'],
    ['2001:db8::1', '2001:db8::/48'],
    ['2001:0:5:1::', '2001:0:5::/48'],
    ['::1', '::/48'],
    ['64:ff9b::198.51.100.7', '64:ff9b::/48'],
    ['::ffff:198.51.100.7', '198.51.100.0/24'],
    // 6to4: the third group would hold the whole address.
    ['2002:c633:6407::1', '198.51.100.0/24'],
    ['2002:c633:64ff:1::7', '198.51.100.0/24'],
    ['::FFFF:c633:6407', '198.51.100.0/24'],
    ['0:0:0:0:0:ffff:c633:6407', '198.51.100.0/24'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test.each([
    [''],
    ['-'],
    ['localhost'],
    ['198.51.100'],
    ['198.51.100.256'],
    ['198.51.100.07'],
    ['198.51.100.7/32'],
    [' 198.51.100.7'],
    ['1:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7:8:9'],
    ['1:2:3:4::5:6:7:8'],
    ['1::2::3'],
    [':::'],
    ['fe80::1%eth0'],
    ['::ffff:198.51.100'],
    ['198.51.100.7::'],
    ['12345::'],
    ['g::1'],
  ])('of %j is none', (address) => {
    expect(networkOf(address)).toBeUndefined();
  });

  const addresses = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((ipv4) => `::ffff:${ipv4}`),
  );

  test('holds the address', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const [network = '', bits] = (networkOf(address) ?? '').split('/');
        const kind = network.includes(':') ? 'ipv6' : 'ipv4';
        expect(isIP(network)).not.toBe(0);
        const block = new BlockList();
        block.addSubnet(network, Number(bits), kind);
        // Node takes an IPv4 address that is written as IPv6 for one of the IPv4 block.
        expect(block.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')).toBe(true);
      }),
    );
  });

  test('is the same however the address is written', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (address) => {
        const long = address.map((group) => group.toString(16).padStart(4, '0')).join(':');
        const url = new URL(`http://[${long}]/`).hostname.slice(1, -1);
        expect(networkOf(url)).toBe(networkOf(long.toUpperCase()));
        expect(networkOf(long)).toBeDefined();
      }),
    );
  });

  test('is the one name of that network: its own network is itself, and hosts of one network share it', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.ipV6(), (a, b) => {
        const network = networkOf(a);
        const [address = ''] = (network ?? '').split('/');
        expect(networkOf(address)).toBe(network);
        expect(networkOf(a) === networkOf(b)).toBe(expandedHead(a) === expandedHead(b));
      }),
    );
  });

  test('is found for exactly the texts that are addresses', () => {
    const nearly = fc
      .tuple(addresses, fc.nat(45), fc.constantFrom('', ':', '.', '0', 'f', '::', '%1', ' ', '256'))
      .map(([address, at, put]) => `${address.slice(0, at)}${put}${address.slice(at + 1)}`);
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string(), addresses), (text) => {
        const isAddress = isIP(text) !== 0 && !text.includes('%');
        expect(networkOf(text) !== undefined).toBe(isAddress);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The first three groups of an IPv6 address, or the first three bytes of one that stands for IPv4. */
function expandedHead(text: string): string {
  const [head = '', tail = ''] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const all = [...before, ...new Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const numbers = all.map((group) => Number.parseInt(group, 16));
  const isMapped = numbers.slice(0, 5).every((group) => group === 0) && numbers[5] === 0xffff;
  return isMapped ? `4 ${numbers[6]} ${(numbers[7] ?? 0) >> 8}` : numbers.slice(0, 3).join();
}
