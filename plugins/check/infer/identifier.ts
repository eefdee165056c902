/** Names of columns whose numbers name something: nobody adds them up. */
const NAMES =
  /(^|[^a-z])(id|ids|key|code|zip|zipcode|plz|postcode|postal|phone|telephone|fax|iban|isbn|ean|gtin|sku|ssn|uuid|guid|barcode)$/;
/** Whole numbers from here on are exact in no double, and such long ones name things. */
const LONG = 1e12;

/** Whether whole numbers are identifiers, by the name of their column or by their length: text keeps each digit of them. */
export function isIdentifierLike(
  name: string,
  {
    min,
    max,
    present,
  }: { readonly min: number | string | null; readonly max: number | string | null; readonly present: number },
): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
  if (NAMES.test(words)) return true;
  return present > 0 && typeof min === 'number' && typeof max === 'number' && min >= LONG && max >= LONG;
}
