import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The peer: Kafka Streams, exactly_once_v2, one thread, commits every 100 ms, copies each record's bytes to the same
 * partition number of another topic. Everything else is as Streams has it by default.
 *
 * Prints one line: records, seconds and CPU seconds of this process (all threads, as the JVM's own bean tells) from the
 * record that completes the first half to the last one. Ends by itself when its stdin is closed.
 */
public final class StreamsCopy {
  static long total;
  static long seen;
  static long halfSeen;
  static long halfAt;
  static long halfCpu;
  /** One thread: what the processor sets is what the partitioner of the sink sees. */
  static int partition;
  static final CountDownLatch done = new CountDownLatch(1);

  static final com.sun.management.OperatingSystemMXBean system =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  static final class Copy implements Processor<byte[], byte[], byte[], byte[]> {
    private ProcessorContext<byte[], byte[]> context;

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
      context = given;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      partition = context.recordMetadata().orElseThrow().partition();
      context.forward(record);
      seen++;
      if (seen == total / 2) {
        halfSeen = seen;
        halfAt = System.nanoTime();
        halfCpu = system.getProcessCpuTime();
      }
      if (seen == total) {
        long nanos = System.nanoTime() - halfAt;
        long cpu = system.getProcessCpuTime() - halfCpu;
        System.out.println((seen - halfSeen) + " " + nanos / 1e9 + " " + cpu / 1e9);
        done.countDown();
      }
    }
  }

  /** Arguments: brokers, application id, input, output, number of records, folder for state. */
  public static void main(String[] args) throws Exception {
    total = Long.parseLong(args[4]);
    Properties properties = new Properties();
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, args[5]);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");

    StreamPartitioner<byte[], byte[]> samePartition =
        (topic, key, value, partitions) -> Optional.of(Set.of(partition));
    Topology topology = new Topology();
    topology.addSource("in", new ByteArrayDeserializer(), new ByteArrayDeserializer(), args[2]);
    topology.addProcessor("copy", Copy::new, "in");
    topology.addSink("out", args[3], new ByteArraySerializer(), new ByteArraySerializer(), samePartition, "copy");

    KafkaStreams streams = new KafkaStreams(topology, properties);
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      Runtime.getRuntime().halt(1);
      return null;
    });
    Thread watch = new Thread(() -> {
      try {
        while (System.in.read() != -1) {}
      } catch (java.io.IOException gone) {
        // The same as its end.
      }
      Runtime.getRuntime().halt(2);
    });
    watch.setDaemon(true);
    watch.start();
    streams.start();
    done.await();
    // Commits what is in hand.
    streams.close();
    Runtime.getRuntime().halt(0);
  }
}
