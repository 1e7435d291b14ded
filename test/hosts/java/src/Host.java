import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import io.roastedroot.proxywasm.LogHandler;
import io.roastedroot.proxywasm.LogLevel;
import io.roastedroot.proxywasm.MetricType;
import io.roastedroot.proxywasm.PluginFactory;
import io.roastedroot.proxywasm.SimpleMetricsHandler;
import io.roastedroot.proxywasm.SimpleSharedDataHandler;
import io.roastedroot.proxywasm.StartException;
import io.roastedroot.proxywasm.WasmException;
import io.roastedroot.proxywasm.internal.HttpCallResponseHandler;
import io.roastedroot.proxywasm.internal.HttpRequestAdaptor;
import io.roastedroot.proxywasm.internal.Plugin;
import io.roastedroot.proxywasm.internal.Pool;
import io.roastedroot.proxywasm.internal.ProxyMap;
import io.roastedroot.proxywasm.internal.ServerAdaptor;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** One plugin in the Java host, with the rest of a server: its clock for ticks, and clusters that answer callouts. */
final class Host implements ServerAdaptor {
  private static final Map<String, WasmModule> MODULES = new ConcurrentHashMap<>();

  private final Scenario scenario;
  private final List<String> logs = new ArrayList<>();
  private final Map<String, Integer> metricIds = new TreeMap<>();
  private final Deque<Runnable> answers = new ArrayDeque<>();
  private final SimpleMetricsHandler metrics =
      new SimpleMetricsHandler() {
        @Override
        public synchronized int defineMetric(MetricType type, String name) throws WasmException {
          int id = super.defineMetric(type, name);
          metricIds.put(name, id);
          return id;
        }
      };
  private Runnable onTick;
  private long tickPeriodMillis;
  private long nextTickMillis;

  Host(Scenario scenario) {
    this.scenario = scenario;
  }

  Scenario.Outcome run() {
    Scenario.Outcome outcome = new Scenario.Outcome();
    outcome.logs = logs;
    outcome.exchanges = new ArrayList<>();
    outcome.metrics = new TreeMap<>();
    try {
      Plugin plugin = load();
      outcome.isLoaded = true;
      for (Scenario.Exchange exchange : scenario.exchanges) {
        outcome.exchanges.add(new Stream(this, plugin, exchange, scenario.sendsBodyToHeldHeaders).run());
      }
      // What is counted once a second.
      passTime(1500, () -> false);
      for (var metric : metricIds.entrySet()) outcome.metrics.put(metric.getKey(), metrics.getMetric(metric.getValue()));
    } catch (Exception | Error problem) {
      Throwable cause = problem;
      while (cause.getCause() != null) cause = cause.getCause();
      outcome.failure = cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
    return outcome;
  }

  private Plugin load() throws StartException {
    WasmModule module = MODULES.computeIfAbsent(scenario.wasm, file -> Parser.parse(new File(file)));
    var builder =
        PluginFactory.builder(module)
            .withName(scenario.rootId)
            .withPluginConfig(scenario.configuration)
            .withLogger(logger())
            .withMetricsHandler(metrics)
            .withSharedDataHandler(new SimpleSharedDataHandler())
            .withUpstreams(upstreams())
            .withStrictUpstreams(true);
    if (scenario.hasVectors) builder.withMachineFactory(VectorMachine::new);
    return new Pool.SharedPlugin(this, builder.build()).borrow();
  }

  private Map<String, URI> upstreams() {
    Map<String, URI> upstreams = new HashMap<>();
    for (String name : scenario.clusters.keySet()) upstreams.put(name, URI.create("http://" + name + ".test"));
    return upstreams;
  }

  private LogHandler logger() {
    return new LogHandler() {
      @Override
      public void log(LogLevel level, String message) {
        logs.add(level.name().toLowerCase() + " " + message);
      }

      @Override
      public LogLevel getLogLevel() {
        return LogLevel.INFO;
      }
    };
  }

  /** Answers callouts and runs ticks when they are due, until `isDone` or for as long as this. */
  void passTime(long millis, BooleanSupplier isDone) throws InterruptedException {
    long end = System.currentTimeMillis() + millis;
    while (!isDone.getAsBoolean() && System.currentTimeMillis() < end) {
      Runnable answer = answers.poll();
      if (answer != null) {
        answer.run();
      } else if (onTick != null && System.currentTimeMillis() >= nextTickMillis) {
        nextTickMillis += tickPeriodMillis;
        onTick.run();
      } else {
        Thread.sleep(10);
      }
    }
  }

  @Override
  public Runnable scheduleTick(long periodMillis, Runnable tick) {
    onTick = tick;
    tickPeriodMillis = periodMillis;
    nextTickMillis = System.currentTimeMillis() + periodMillis;
    return () -> onTick = null;
  }

  @Override
  public HttpRequestAdaptor httpRequestAdaptor(Object context) {
    return (HttpRequestAdaptor) context;
  }

  @Override
  public Runnable scheduleHttpCall(
      String method,
      String host,
      int port,
      URI uri,
      ProxyMap headers,
      byte[] body,
      ProxyMap trailers,
      int timeoutMillis,
      HttpCallResponseHandler handler) {
    Scenario.Message answer = scenario.clusters.get(host.replaceAll("\\.test$", ""));
    Runnable give =
        () -> {
          Headers map = new Headers(answer.headers);
          byte[] bytes = String.join("", answer.pieces).getBytes(StandardCharsets.UTF_8);
          handler.call(Integer.parseInt(map.get(":status")), map, bytes);
        };
    answers.add(give);
    return () -> answers.remove(give);
  }
}
