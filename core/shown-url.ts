/** A URL for people to read: without the user and password that it may hold. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@');
}
