/**
 * The codes with which tests-beside.ts exits when it does not end well. Any other code means that the tests could not be run, which
 * says nothing about a mutant.
 */

/** A test failed. */
export const failing = 10;

/** No test beside the code reaches the files. */
export const noTests = 11;
