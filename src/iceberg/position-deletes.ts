/** Reserved columns of position delete files (spec: "Position Delete Files", "Reserved Field IDs"). */
export const filePathId = 2147483546;
export const positionId = 2147483545;
/** The place of a row in its file: what the positions of a deletion vector are. */
export const rowPositionId = 2147483645;
