/**
 * Writes the transpose of a row-major [rows, columns] matrix into the columns from `offset` on of a wider row-major
 * matrix that has `columns` rows.
 */
export function transposeInto<T extends Float32Array | Int8Array>(
  target: T,
  values: T,
  { rows, columns, offset }: { rows: number; columns: number; offset: number },
): void {
  const width = target.length / columns;
  // In blocks: a whole column at a time would miss the cache on every write.
  const block = 64;
  for (let row0 = 0; row0 < rows; row0 += block) {
    const end = Math.min(row0 + block, rows);
    for (let column = 0; column < columns; column++) {
      for (let row = row0; row < end; row++)
        target[column * width + offset + row] = values[row * columns + column]!;
    }
  }
}
