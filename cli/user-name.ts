import { userInfo } from 'node:os';

/** The name of whoever gives the command; `unknown` for a user without an entry, as in containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
