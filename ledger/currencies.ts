/**
 * The currencies of ISO 4217, and into how many decimals each is divided: list one as published on 2026-01-01
 * (six-group.com, "Current currency & funds"). Metals and test codes, which have no minor unit, are left out.
 * `Intl` is no source for this: it follows the CLDR, which counts by custom (no decimals for HUF, where ISO has two).
 */
const CODES_BY_DIGITS: [digits: number, codes: string][] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
     COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
     INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
     MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
     STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const DIGITS = new Map(
  CODES_BY_DIGITS.flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, digits] as const)),
);

/** Every currency an amount can be in, by its code, in the order of the alphabet. */
export const currencies: readonly string[] = [...DIGITS.keys()].sort();

/** @returns how many decimals the currency has, undefined where there is no such currency. Codes are upper case. */
export function minorDigits(currency: string): number | undefined {
  return DIGITS.get(currency);
}
