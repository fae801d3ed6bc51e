/** Reserved columns of position delete files (spec: "Position Delete Files", "Reserved Field IDs"). */
export const filePathId = 2147483546;
export const positionId = 2147483545;
/** The position of a row in its file, which deletion vectors contain. */
export const rowPositionId = 2147483645;
