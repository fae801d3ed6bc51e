/** Reserved columns of position delete files (spec: "Position Delete Files", "Reserved Field IDs"). */
export const filePathId = 2147483546;
export const positionId = 2147483545;
