import java.util.List;
import java.util.Map;

/** What the driver is told: a plugin with its configuration, and the exchanges to send through it. */
final class Scenario {
  /** The module's file. */
  String wasm;
  String rootId;
  String configuration;
  /** Whether the body of a request is handed to a plugin that holds its headers. */
  boolean sendsBodyToHeldHeaders;
  /** Without it the interpreter is Chicory's own, which knows no vectors. */
  boolean hasVectors;
  /** What callouts to a cluster are answered. */
  Map<String, Message> clusters;
  List<Exchange> exchanges;

  static final class Exchange {
    Message request;
    Message response;
  }

  /** Headers and the pieces of the body, which is absent when there are no pieces. */
  static final class Message {
    List<List<String>> headers;
    List<String> pieces;
  }

  static final class Outcome {
    boolean isLoaded;
    /** Why not, or what ended the run. */
    String failure;
    List<String> logs;
    List<Passed> exchanges;
    Map<String, Long> metrics;
  }

  /** What became of one exchange. */
  static final class Passed {
    /** What the upstream got; absent when it got nothing. */
    Message upstream;
    /** What the client got; absent when it got nothing. */
    Message client;
    /** The details of an answer that the plugin gave itself. */
    String details;
    boolean isHanging;
    Map<String, String> properties;
  }
}
