import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { UserError } from '../../../core/index.js';

/**
 * Addresses that are not of the public Internet: this machine, private and link-local networks, carrier-grade NAT, metadata
 * services of clouds, multicast, what is reserved. https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(net, bits, 'ipv4');
  inside.addSubnet(`::ffff:${net}`, 96 + bits, 'ipv6');
}
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(net, bits, 'ipv6');
}

/** Whether an IP address is not of the public Internet. */
export function isInside(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && inside.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a host is, or resolves to, an address that is not of the public Internet. */
export async function leadsInside(hostname: string): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return isInside(host);
  return new Promise((done) => {
    resolve(host, { all: true }, (error, found) => done(!error && found.some(({ address }) => isInside(address))));
  });
}

/** Resolves names to public addresses alone, at the moment of connecting: what a name meant before does not count. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '', 0);
    const refused = found.find(({ address }) => isInside(address));
    if (refused) return callback(refuseInside(hostname) as NodeJS.ErrnoException, '', 0);
    const [first] = found as [LookupAddress, ...LookupAddress[]];
    if ((options as { all?: boolean }).all)
      return (callback as unknown as (e: null, all: LookupAddress[]) => void)(null, found);
    callback(null, first.address, first.family);
  });
};

/** What is told where an address of the public Internet leads into a private network. */
export function refuseInside(hostname: string): UserError {
  return new UserError(`a redirect or a link leads to ${hostname}, which is no address of the public Internet`, {
    expected: 'a redirect or a link from a public address to a public one',
    actual: hostname,
    remedy: 'name that address itself as the source if it is meant',
  });
}
