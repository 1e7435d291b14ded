import io.roastedroot.proxywasm.internal.ArrayProxyMap;
import java.util.ArrayList;
import java.util.List;

/** Headers in their order. */
final class Headers extends ArrayProxyMap {
  Headers(List<List<String>> pairs) {
    for (List<String> pair : pairs) add(pair.get(0), pair.get(1));
  }

  List<List<String>> pairs() {
    List<List<String>> pairs = new ArrayList<>();
    for (var entry : entries()) pairs.add(List.of(entry.getKey(), entry.getValue()));
    return pairs;
  }
}
