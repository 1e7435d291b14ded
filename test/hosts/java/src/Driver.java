import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads scenarios as a JSON list from standard input and prints their outcomes, in the same order. */
public final class Driver {
  public static void main(String[] arguments) throws Exception {
    Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    Scenario[] scenarios =
        gson.fromJson(new InputStreamReader(System.in, StandardCharsets.UTF_8), Scenario[].class);
    // Most of the time of a scenario is waiting for a watchdog.
    var pool = Executors.newFixedThreadPool(scenarios.length);
    List<Future<Scenario.Outcome>> outcomes =
        Arrays.stream(scenarios).map(scenario -> pool.submit(() -> new Host(scenario).run())).toList();
    Scenario.Outcome[] results = new Scenario.Outcome[outcomes.size()];
    for (int i = 0; i < results.length; i++) results[i] = outcomes.get(i).get();
    out.println(gson.toJson(results));
    System.exit(0);
  }
}
