import { HeadgateError } from "../errors.ts";

/** An error of the work names the place in a declaration before its own place: `headgate.yaml:12:5: shop.orders`. */
export async function placed<T>(at: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    const { code, place, message, remedy } = failure;
    throw new HeadgateError(code, {
      place: place === undefined ? at : `${at}: ${place}`,
      message,
      remedy,
      cause: failure,
    });
  }
}
