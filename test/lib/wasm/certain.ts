abstract class Shape {
  constructor(
    readonly side: i32,
    readonly marks: i32[] = [],
  ) {}

  abstract area(): i32;

  corners(): i32 {
    return 4;
  }
}

class Square extends Shape {
  area(): i32 {
    return this.side * this.side;
  }
}

class Strip extends Square {
  constructor(side: i32) {
    super(side, [side]);
  }
}

class Line extends Shape {
  area(): i32 {
    return 0;
  }

  override corners(): i32 {
    return 2;
  }
}

function shapeOf(kind: i32, side: i32): Shape {
  if (kind == 0) return new Square(side);
  if (kind == 1) return new Strip(side);
  return new Line(side);
}

export function facts(kind: i32, side: i32): i32 {
  const shape = shapeOf(kind, side);
  return shape.area() * 100 + shape.corners() * 10 + shape.marks.length;
}

/** The sum of what was put into an array that was empty, the way that `kind` says. */
export function sumOf(kind: i32, length: i32): i64 {
  let numbers: i64[] = [];
  if (kind == 1) numbers = numbers.concat([]).slice(0);
  for (let i = 0; i < length; i++) {
    if (kind == 2) numbers.unshift(i);
    else numbers.push(i);
  }
  let sum: i64 = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i];
  return sum;
}

/** Whether an array that was never filled is like one without elements, after a collection, too. */
export function isEmpty(): bool {
  const texts: string[] = [];
  __collect();
  return texts.length == 0 && texts.indexOf("") < 0 && !texts.includes("") && texts.concat([]).length == 0;
}
