import io.roastedroot.proxywasm.WasmException;
import io.roastedroot.proxywasm.internal.Action;
import io.roastedroot.proxywasm.internal.HttpRequestAdaptor;
import io.roastedroot.proxywasm.internal.HttpRequestBody;
import io.roastedroot.proxywasm.internal.HttpResponseBody;
import io.roastedroot.proxywasm.internal.Plugin;
import io.roastedroot.proxywasm.internal.PluginHttpContext;
import io.roastedroot.proxywasm.internal.ProxyMap;
import io.roastedroot.proxywasm.internal.SendResponse;
import io.roastedroot.proxywasm.internal.WasmResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One exchange through one plugin, driven as a server with streaming bodies does. */
final class Stream implements HttpRequestAdaptor {
  /** Longer than the plugins' watchdogs wait. */
  private static final long PATIENCE_MILLIS = 8000;

  private static final byte[] EMPTY = new byte[0];

  private final Host host;
  private final boolean sendsBodyToHeldHeaders;
  private final Scenario.Exchange exchange;
  private final Map<List<String>, byte[]> properties = new HashMap<>();
  private final Headers requestHeaders;
  private Headers responseHeaders;
  private final PluginHttpContext context;
  private final Plugin plugin;
  private final Scenario.Passed passed = new Scenario.Passed();

  Stream(Host host, Plugin plugin, Scenario.Exchange exchange, boolean sendsBodyToHeldHeaders) {
    this.host = host;
    this.plugin = plugin;
    this.exchange = exchange;
    this.sendsBodyToHeldHeaders = sendsBodyToHeldHeaders;
    this.requestHeaders = new Headers(exchange.request.headers);
    plugin.lock();
    this.context = plugin.createHttpContext(this);
  }

  Scenario.Passed run() throws InterruptedException {
    try {
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      if (send(exchange.request, true, sent)) {
        passed.upstream = message(requestHeaders, sent);
        answer();
      }
      passed.properties = new HashMap<>();
      context.context().close();
      properties.forEach((path, value) -> passed.properties.put(String.join(".", path), text(value)));
      return passed;
    } finally {
      plugin.unlock();
    }
  }

  private void answer() throws InterruptedException {
    responseHeaders = new Headers(exchange.response.headers);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    if (send(exchange.response, false, sent)) passed.client = message(responseHeaders, sent);
  }

  /** Hands one direction to the plugin; false when the plugin answered in its place, or it hangs. */
  private boolean send(Scenario.Message message, boolean isRequest, ByteArrayOutputStream sent)
      throws InterruptedException {
    boolean hasBody = !message.pieces.isEmpty();
    var callbacks = context.context();
    Action action = Action.CONTINUE;
    if (isRequest ? callbacks.hasOnRequestHeaders() : callbacks.hasOnResponseHeaders())
      action = isRequest ? callbacks.callOnRequestHeaders(!hasBody) : callbacks.callOnResponseHeaders(!hasBody);
    if (isAnswered()) return false;
    if (action == Action.PAUSE && !(hasBody && sendsBodyToHeldHeaders) && !resumes()) return false;
    byte[] held = EMPTY;
    for (int i = 0; i < message.pieces.size(); i++) {
      byte[] piece = message.pieces.get(i).getBytes(StandardCharsets.UTF_8);
      setBody(isRequest, joined(held, piece));
      boolean isLast = i == message.pieces.size() - 1;
      action = Action.CONTINUE;
      if (isRequest ? callbacks.hasOnRequestBody() : callbacks.hasOnResponseBody())
        action = isRequest ? callbacks.callOnRequestBody(isLast) : callbacks.callOnResponseBody(isLast);
      if (isAnswered()) return false;
      if (action == Action.PAUSE && isLast && !resumes()) return false;
      byte[] seen = isRequest ? context.getHttpRequestBody() : context.getHttpResponseBody();
      held = action == Action.PAUSE && !isLast ? seen : EMPTY;
      if (held == EMPTY) sent.writeBytes(seen);
    }
    return true;
  }

  /** Whether a held direction goes on by itself. */
  private boolean resumes() throws InterruptedException {
    boolean[] isAnswered = {false};
    host.passTime(
        PATIENCE_MILLIS, () -> context.getAction() == Action.CONTINUE || (isAnswered[0] = isAnswered()));
    if (isAnswered[0]) return false;
    passed.isHanging = context.getAction() != Action.CONTINUE;
    return !passed.isHanging;
  }

  private boolean isAnswered() {
    SendResponse reply = context.consumeSentHttpResponse();
    if (reply == null) return false;
    passed.client = new Scenario.Message();
    Headers headers = new Headers(List.of(List.of(":status", String.valueOf(reply.statusCode()))));
    for (var entry : reply.headers().entries()) headers.add(entry.getKey(), entry.getValue());
    passed.client.headers = headers.pairs();
    passed.client.pieces = List.of(text(reply.body()));
    passed.details = text(reply.statusCodeDetails());
    return true;
  }

  private void setBody(boolean isRequest, byte[] bytes) {
    if (isRequest) {
      context.setHttpRequestBodyState(new HttpRequestBody(() -> new ByteArrayInputStream(bytes)));
    } else {
      context.setHttpResponseBodyState(new HttpResponseBody(bytes));
    }
  }

  private static Scenario.Message message(Headers headers, ByteArrayOutputStream body) {
    Scenario.Message message = new Scenario.Message();
    message.headers = headers.pairs();
    message.pieces = List.of(text(body.toByteArray()));
    return message;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.writeBytes(second);
    return both.toByteArray();
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] getProperty(PluginHttpContext context, List<String> path) throws WasmException {
    byte[] value = properties.get(path);
    if (value == null) throw new WasmException(WasmResult.NOT_FOUND);
    return value;
  }

  @Override
  public WasmResult setProperty(PluginHttpContext context, List<String> path, byte[] value) {
    properties.put(List.copyOf(path), value);
    return WasmResult.OK;
  }

  @Override
  public ProxyMap getHttpRequestHeaders() {
    return requestHeaders;
  }

  @Override
  public ProxyMap getHttpResponseHeaders() {
    return responseHeaders;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public int remotePort() {
    return 1;
  }

  @Override
  public String localAddress() {
    return "127.0.0.1";
  }

  @Override
  public int localPort() {
    return 80;
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public ProxyMap getHttpRequestTrailers() {
    return null;
  }

  @Override
  public ProxyMap getHttpResponseTrailers() {
    return null;
  }

  @Override
  public ProxyMap getGrpcReceiveInitialMetaData() {
    return null;
  }

  @Override
  public ProxyMap getGrpcReceiveTrailerMetaData() {
    return null;
  }
}
