import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.MStack;
import com.dylibso.chicory.runtime.StackFrame;
import com.dylibso.chicory.wasm.types.Instruction;
import java.util.Deque;
import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;

/**
 * Chicory's interpreter with those instructions for vectors that Weir's modules have, for Java 17; Chicory's own are in an
 * artifact that needs Java 21. A vector is two longs on the stack, the lower half first.
 */
final class VectorMachine extends InterpreterMachine {
  VectorMachine(Instance instance) {
    super(instance);
  }

  @Override
  protected void evalDefault(
      MStack stack, Instance instance, Deque<StackFrame> calls, Instruction instruction, Operands operands) {
    switch (instruction.opcode()) {
      case V128_CONST -> push(stack, operands.get(0), operands.get(1));
      case V128_LOAD -> {
        int at = readMemPtr(stack, operands);
        push(stack, instance.memory().readLong(at), instance.memory().readLong(at + 8));
      }
      case V128_STORE -> {
        long high = stack.pop();
        long low = stack.pop();
        int at = readMemPtr(stack, operands);
        instance.memory().writeLong(at, low);
        instance.memory().writeLong(at + 8, high);
      }
      case V128_NOT -> {
        long high = stack.pop();
        push(stack, ~stack.pop(), ~high);
      }
      case V128_AND -> bits(stack, (a, b) -> a & b);
      case V128_ANDNOT -> bits(stack, (a, b) -> a & ~b);
      case V128_OR -> bits(stack, (a, b) -> a | b);
      case V128_XOR -> bits(stack, (a, b) -> a ^ b);
      case V128_ANY_TRUE -> stack.push((stack.pop() | stack.pop()) == 0 ? 0 : 1);
      case I8x16_SPLAT -> {
        long all = (stack.pop() & 0xff) * 0x0101010101010101L;
        push(stack, all, all);
      }
      case I8x16_EQ -> bytes(stack, (a, b) -> a == b ? 255 : 0);
      case I8x16_NE -> bytes(stack, (a, b) -> a != b ? 255 : 0);
      case I8x16_LT_S -> bytes(stack, (a, b) -> (byte) a < (byte) b ? 255 : 0);
      case I8x16_LT_U -> bytes(stack, (a, b) -> a < b ? 255 : 0);
      case I8x16_SUB -> bytes(stack, (a, b) -> a - b);
      case I8x16_SUB_SAT_U -> bytes(stack, (a, b) -> Math.max(0, a - b));
      case I8x16_SHR_U -> shift(stack, 8, false);
      case I16x8_SHR_U -> shift(stack, 16, false);
      case I32x4_SHR_U -> shift(stack, 32, false);
      case I32x4_SHL -> shift(stack, 32, true);
      case I32x4_ADD -> bits(stack, (a, b) -> ((a + b) & 0xffffffffL) | ((a >>> 32) + (b >>> 32)) << 32);
      case I8x16_BITMASK -> {
        byte[] lanes = popBytes(stack);
        int mask = 0;
        for (int i = 0; i < 16; i++) if (lanes[i] < 0) mask |= 1 << i;
        stack.push(mask);
      }
      case I8x16_ALL_TRUE -> {
        int all = 1;
        for (byte lane : popBytes(stack)) if (lane == 0) all = 0;
        stack.push(all);
      }
      case I8x16_SWIZZLE -> {
        byte[] which = popBytes(stack);
        byte[] from = popBytes(stack);
        byte[] result = new byte[16];
        for (int i = 0; i < 16; i++) result[i] = (which[i] & 0xff) < 16 ? from[which[i]] : 0;
        pushBytes(stack, result);
      }
      case I8x16_SHUFFLE -> {
        byte[] second = popBytes(stack);
        byte[] first = popBytes(stack);
        byte[] result = new byte[16];
        for (int i = 0; i < 16; i++) {
          int which = (int) (operands.get(i >> 3) >>> (8 * (i & 7))) & 31;
          result[i] = which < 16 ? first[which] : second[which - 16];
        }
        pushBytes(stack, result);
      }
      default -> super.evalDefault(stack, instance, calls, instruction, operands);
    }
  }

  private static void push(MStack stack, long low, long high) {
    stack.push(low);
    stack.push(high);
  }

  private static void bits(MStack stack, LongBinaryOperator operator) {
    long highB = stack.pop();
    long lowB = stack.pop();
    long highA = stack.pop();
    long lowA = stack.pop();
    push(stack, operator.applyAsLong(lowA, lowB), operator.applyAsLong(highA, highB));
  }

  /** By lane, as unsigned bytes. */
  private static void bytes(MStack stack, IntBinaryOperator operator) {
    byte[] b = popBytes(stack);
    byte[] a = popBytes(stack);
    byte[] result = new byte[16];
    for (int i = 0; i < 16; i++) result[i] = (byte) operator.applyAsInt(a[i] & 0xff, b[i] & 0xff);
    pushBytes(stack, result);
  }

  private static void shift(MStack stack, int width, boolean isLeft) {
    int by = (int) stack.pop() & (width - 1);
    long high = stack.pop();
    long low = stack.pop();
    push(stack, shifted(low, width, by, isLeft), shifted(high, width, by, isLeft));
  }

  private static long shifted(long half, int width, int by, boolean isLeft) {
    long mask = (1L << width) - 1;
    long result = 0;
    for (int at = 0; at < 64; at += width) {
      long lane = (half >>> at) & mask;
      result |= ((isLeft ? lane << by : lane >>> by) & mask) << at;
    }
    return result;
  }

  private static byte[] popBytes(MStack stack) {
    long high = stack.pop();
    long low = stack.pop();
    byte[] lanes = new byte[16];
    for (int i = 0; i < 8; i++) {
      lanes[i] = (byte) (low >>> (8 * i));
      lanes[i + 8] = (byte) (high >>> (8 * i));
    }
    return lanes;
  }

  private static void pushBytes(MStack stack, byte[] lanes) {
    long low = 0;
    long high = 0;
    for (int i = 0; i < 8; i++) {
      low |= (lanes[i] & 0xffL) << (8 * i);
      high |= (lanes[i + 8] & 0xffL) << (8 * i);
    }
    push(stack, low, high);
  }
}
