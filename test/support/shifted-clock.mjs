// Loaded before a program (`node --import`), this makes it believe that its machine's clock is off by SHIFTED_CLOCK_MS milliseconds.
const byMs = Number(process.env.SHIFTED_CLOCK_MS ?? 0);
const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [ShiftedDate.now()] : given));
  }

  static now() {
    return RealDate.now() + byMs;
  }
}

globalThis.Date = ShiftedDate;
