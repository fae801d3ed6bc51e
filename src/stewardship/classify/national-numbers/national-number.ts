/**
 * How a country numbers people: the form, the rule of the check digits, and whether form and rule together are enough to
 * recognise such numbers without a telling name.
 */
export interface NationalNumber {
  readonly country: string;
  readonly name: string;
  /** The form of the number without white space. */
  readonly form: RegExp;
  isValid(text: string): boolean;
  /** Whether hardly anything else has this form and passes the rule. */
  readonly isTelling: boolean;
}

/** For numbers without a check digit, or whose rule is not published. */
export const always = (): boolean => true;
