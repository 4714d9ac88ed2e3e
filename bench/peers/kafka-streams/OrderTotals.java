import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Job A of the benches on Kafka Streams, exactly-once, as somebody writes it who knows the library's costs: sum by store
 * and channel where not cancelled, and count by store, per minute. What is cheap here, and dear in the plain DSL: no
 * repartitioning (each task keeps partial cells of its own partition, and a reader adds them up), no stream time (nothing
 * is ever too late, so a catch-up is exact whatever the skew), a projecting Avro reader, and a write-back cache so that
 * the changelog gets a cell once per commit. Once a second the cells that changed go to the output topic.
 *
 * Arguments: brokers registryUrl inputTopic outputTopic applicationId stateDir once|each-time
 */
public final class OrderTotals {
  private static final long MINUTE_MS = 60_000;
  private static final Duration FORWARD_EVERY = Duration.ofSeconds(1);
  private static final Duration HORIZON = Duration.ofHours(24);
  private static final String SEEN = "seen";
  private static final String CELLS = "cells";

  record Order(Bytes id, long timeMs, String store, String channel, long amount, boolean isCancelled) {}

  /** Confluent framing: a zero byte, the schema's id, the Avro value. Reads only the fields that the job needs. */
  static final class OrderDeserializer implements Deserializer<Order> {
    private static final Map<String, List<String>> FIELDS =
        Map.of("", List.of("id", "time", "data"), "data", List.of("store_id", "channel", "amount", "status"));
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
    private final Map<Utf8, String> names = new HashMap<>();
    private final String registryUrl;
    private BinaryDecoder decoder;
    private GenericRecord reused;

    OrderDeserializer(String registryUrl) {
      this.registryUrl = registryUrl;
    }

    @Override
    public Order deserialize(String topic, byte[] value) {
      if (value == null || value.length == 0) return null;
      try {
        var reader = readers.computeIfAbsent(ByteBuffer.wrap(value).getInt(1), this::readerOf);
        decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, decoder);
        reused = reader.read(reused, decoder);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      var data = (GenericRecord) reused.get(2);
      var id = (Utf8) reused.get(0);
      var idBytes = new byte[id.getByteLength()];
      System.arraycopy(id.getBytes(), 0, idBytes, 0, idBytes.length);
      var status = nameOf((Utf8) data.get(3));
      return new Order(
          Bytes.wrap(idBytes),
          (Long) reused.get(1),
          nameOf((Utf8) data.get(0)),
          nameOf((Utf8) data.get(1)),
          unscaled((ByteBuffer) data.get(2)),
          status.equals("cancelled"));
    }

    /** Few names come again and again: one String each. */
    private String nameOf(Utf8 text) {
      var name = names.get(text);
      if (name != null) return name;
      var copy = text.toString();
      names.put(new Utf8(copy), copy);
      return copy;
    }

    private static long unscaled(ByteBuffer bytes) {
      long value = bytes.get(bytes.position());
      for (int i = bytes.position() + 1; i < bytes.limit(); i++) value = value << 8 | bytes.get(i) & 0xff;
      return value;
    }

    private GenericDatumReader<GenericRecord> readerOf(int schemaId) {
      try {
        var request = HttpRequest.newBuilder(URI.create(registryUrl + "/schemas/ids/" + schemaId)).build();
        var body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        var text = new com.fasterxml.jackson.databind.ObjectMapper().readTree(body).get("schema").asText();
        var writer = new Schema.Parser().parse(text);
        return new GenericDatumReader<>(writer, projection(writer, ""));
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException("schema " + schemaId, e);
      }
    }

    private static Schema projection(Schema writer, String path) {
      var fields =
          FIELDS.get(path).stream()
              .map(writer::getField)
              .map(f -> new Schema.Field(f.name(), f.name().equals("data") ? projection(f.schema(), "data") : f.schema()))
              .collect(Collectors.toList());
      return Schema.createRecord(writer.getName(), null, writer.getNamespace(), false, fields);
    }
  }

  /** Lets an event through the first time that its id is seen within the horizon of append time. */
  static final class RemoveDuplicates implements Processor<byte[], Order, byte[], Order> {
    private ProcessorContext<byte[], Order> context;
    private KeyValueStore<Bytes, byte[]> seen;

    @Override
    public void init(ProcessorContext<byte[], Order> context) {
      this.context = context;
      seen = context.getStateStore(SEEN);
      context.schedule(Duration.ofHours(1), PunctuationType.STREAM_TIME, this::forgetBefore);
    }

    @Override
    public void process(Record<byte[], Order> record) {
      var known = seen.get(record.value().id());
      if (known != null && ByteBuffer.wrap(known).getLong() >= record.timestamp() - HORIZON.toMillis()) return;
      seen.put(record.value().id(), ByteBuffer.allocate(8).putLong(record.timestamp()).array());
      context.forward(record);
    }

    private void forgetBefore(long nowMs) {
      try (KeyValueIterator<Bytes, byte[]> all = seen.all()) {
        while (all.hasNext()) {
          var entry = all.next();
          if (ByteBuffer.wrap(entry.value).getLong() < nowMs - HORIZON.toMillis()) seen.delete(entry.key);
        }
      }
    }
  }

  /** Keeps contributions and value per cell; a cell's key is metric, minute, members. */
  static final class Count implements Processor<byte[], Order, String, String> {
    private final Set<Bytes> changed = new HashSet<>();
    private ProcessorContext<String, String> context;
    private KeyValueStore<Bytes, byte[]> cells;
    private boolean hasBegun;

    @Override
    public void init(ProcessorContext<String, String> context) {
      this.context = context;
      cells = context.getStateStore(CELLS);
      // What was committed, but not yet sent on, when the process died.
      try (KeyValueIterator<Bytes, byte[]> all = cells.all()) {
        while (all.hasNext()) changed.add(all.next().key);
      }
      context.schedule(FORWARD_EVERY, PunctuationType.WALL_CLOCK_TIME, this::forwardChanged);
    }

    @Override
    public void process(Record<byte[], Order> record) {
      if (!hasBegun) System.out.println("first");
      hasBegun = true;
      var order = record.value();
      long minute = Math.floorDiv(order.timeMs(), MINUTE_MS) * MINUTE_MS;
      if (!order.isCancelled()) add((byte) 1, minute, order.store() + '|' + order.channel(), order.amount());
      add((byte) 2, minute, order.store(), 0);
    }

    private void add(byte metric, long minute, String members, long value) {
      var name = members.getBytes(StandardCharsets.ISO_8859_1);
      var key = Bytes.wrap(ByteBuffer.allocate(9 + name.length).put(metric).putLong(minute).put(name).array());
      var stored = cells.get(key);
      var before = stored == null ? ByteBuffer.allocate(16) : ByteBuffer.wrap(stored);
      var after = ByteBuffer.allocate(16).putLong(before.getLong(0) + 1).putLong(before.getLong(8) + value);
      cells.put(key, after.array());
      changed.add(key);
    }

    private void forwardChanged(long nowMs) {
      for (var key : changed) {
        var parts = ByteBuffer.wrap(key.get());
        var metric = parts.get();
        var minute = parts.getLong();
        var members = new String(key.get(), 9, key.get().length - 9, StandardCharsets.ISO_8859_1);
        var cell = ByteBuffer.wrap(cells.get(key));
        var name = "m0" + metric + "|minute|" + minute + '|' + members;
        var text = context.taskId().partition() + "," + cell.getLong(0) + "," + cell.getLong(8);
        context.forward(new Record<>(name, text, nowMs));
      }
      changed.clear();
    }
  }

  public static void main(String[] args) {
    boolean once = args[6].equals("once");
    var topology = new Topology();
    topology.addSource("orders", Serdes.ByteArray().deserializer(), new OrderDeserializer(args[1]), args[2]);
    if (once) {
      topology.addProcessor("once", RemoveDuplicates::new, "orders");
      topology.addStateStore(
          Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(SEEN), Serdes.Bytes(), Serdes.ByteArray()), "once");
    }
    topology.addProcessor("count", Count::new, once ? "once" : "orders");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(CELLS), Serdes.Bytes(), Serdes.ByteArray())
            .withCachingEnabled(),
        "count");
    topology.addSink("totals", args[3], Serdes.String().serializer(), Serdes.String().serializer(), "count");

    var settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[4]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[5]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 16 << 20);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 512 << 10);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);

    var streams = new KafkaStreams(topology, settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
    streams.start();
  }
}
