import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;

/** Apache's own client as a driver (tests/broker/clients/driver.py); one step more: `tool` runs a console tool in this machine. */
public class Driver {
    private static final long WITHIN_MS = 60_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String bootstrap;
    private final Admin admin;
    private final List<KafkaConsumer<String, String>> members = new ArrayList<>();
    private final List<List<Object>> found = new ArrayList<>();
    private int partitions;

    Driver(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Driver driver = new Driver(arguments[0]);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<String, Object> answer = new TreeMap<>();
            try {
                answer.put("ok", driver.step(JSON.readTree(line)));
            } catch (Throwable error) {
                error.printStackTrace();
                answer = Map.of("error", error.toString());
            }
            out.println(JSON.writeValueAsString(answer));
            out.flush();
        }
        driver.admin.close();
        Runtime.getRuntime().halt(0); // a tool may have left a thread
    }

    private Object step(JsonNode asked) throws Exception {
        String topic = asked.path("topic").asText();
        String group = asked.path("group").asText();
        switch (asked.get("step").asText()) {
            case "codecs": return List.of("gzip", "snappy", "lz4", "zstd");
            case "create": return create(topic, asked.get("partitions").asInt());
            case "produce": return produce(topic, asked.get("partitions").asInt(), texts(asked.get("keys")), asked.get("codec").asText());
            case "read": return read(topic, asked.get("until").asText(), asked.get("isolation").asText());
            case "join": return join(asked, topic, group);
            case "consume": return consume(asked.get("wanted").asInt());
            case "leave": return leave();
            case "end": return end();
            case "transact": return transact(topic, asked.get("id").asText(), texts(asked.get("keys")), asked.get("commit").asBoolean());
            case "offsets": return offsets(asked, topic, group);
            case "committed": return committed(topic, asked.get("partitions").asInt(), group);
            case "delete": return delete(topic, group);
            case "topics": return admin.listTopics().names().get();
            case "tool": return tool(asked.get("name").asText(), texts(asked.get("arguments")), asked.path("input").asText());
            default: throw new IllegalArgumentException("no such step");
        }
    }

    private Object create(String topic, int count) throws Exception {
        return admin.createTopics(List.of(new NewTopic(topic, count, (short) 1))).all().get();
    }

    private Object produce(String topic, int count, List<String> keys, String codec) throws Exception {
        try (KafkaProducer<String, String> producer = producer(Map.of("compression.type", codec, "linger.ms", "20"))) {
            send(producer, topic, keys, count);
        }
        return null;
    }

    private static void send(KafkaProducer<String, String> producer, String topic, List<String> keys, int count) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String key : keys) {
            sent.add(producer.send(new ProducerRecord<>(topic, sent.size() % count, key, key.repeat(20))));
        }
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    private Object read(String topic, String until, String isolation) {
        List<String> keys = new ArrayList<>();
        long end = System.currentTimeMillis() + WITHIN_MS;
        try (KafkaConsumer<String, String> consumer = consumer(Map.of("isolation.level", isolation))) {
            TopicPartition place = new TopicPartition(topic, 0);
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            while (true) {
                inTime(end);
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    if (record.key().equals(until)) {
                        return keys;
                    }
                    keys.add(record.key());
                }
            }
        }
    }

    private Object join(JsonNode asked, String topic, String group) {
        String protocol = asked.get("protocol").asText();
        partitions = asked.get("partitions").asInt();
        for (int number = 0; number < asked.get("members").asInt(); number++) {
            Map<String, Object> settings = new TreeMap<>(Map.of("group.id", group, "group.protocol", protocol));
            if (protocol.equals("classic")) {
                settings.put("heartbeat.interval.ms", 300); // so that it hears of a rebalance soon
            }
            members.add(consumer(settings));
            members.get(number).subscribe(List.of(topic));
        }
        return settled();
    }

    /** Until every partition has a member, and every member one. */
    private List<Collection<Integer>> settled() {
        long end = System.currentTimeMillis() + WITHIN_MS;
        while (true) {
            inTime(end);
            List<Collection<Integer>> given = new ArrayList<>();
            List<Integer> all = new ArrayList<>();
            boolean each = true;
            for (KafkaConsumer<String, String> member : members) {
                Set<Integer> its = new TreeSet<>();
                member.assignment().forEach(place -> its.add(place.partition()));
                given.add(its);
                all.addAll(its);
                each &= !its.isEmpty();
            }
            if (each && all.size() == partitions && new TreeSet<>(all).size() == partitions) {
                return given;
            }
            poll();
        }
    }

    private void poll() {
        for (int number = 0; number < members.size(); number++) {
            for (ConsumerRecord<String, String> record : members.get(number).poll(Duration.ofMillis(50))) {
                found.add(List.of(number, record.partition(), record.offset(), record.key()));
            }
        }
    }

    private Object consume(int wanted) {
        long end = System.currentTimeMillis() + WITHIN_MS;
        while (found.size() < wanted) {
            inTime(end);
            poll();
        }
        members.forEach(KafkaConsumer::commitSync);
        List<List<Object>> all = List.copyOf(found);
        found.clear();
        return all;
    }

    private Object leave() {
        members.remove(members.size() - 1).close();
        return settled();
    }

    private Object end() {
        List<KafkaConsumer<String, String>> all = List.copyOf(members);
        members.clear();
        all.forEach(KafkaConsumer::close);
        return null;
    }

    private Object transact(String topic, String id, List<String> keys, boolean commit) throws Exception {
        try (KafkaProducer<String, String> producer = transacting(id)) {
            send(producer, topic, keys, 1);
            finish(producer, commit);
        }
        return null;
    }

    private Object offsets(JsonNode asked, String topic, String group) {
        try (KafkaProducer<String, String> producer = transacting(asked.get("id").asText())) {
            OffsetAndMetadata offset = new OffsetAndMetadata(asked.get("offset").asLong());
            Map<TopicPartition, OffsetAndMetadata> moved = Map.of(new TopicPartition(topic, 0), offset);
            producer.sendOffsetsToTransaction(moved, new ConsumerGroupMetadata(group));
            finish(producer, asked.get("commit").asBoolean());
        }
        return null;
    }

    private KafkaProducer<String, String> transacting(String id) {
        KafkaProducer<String, String> producer = producer(Map.of("transactional.id", id));
        producer.initTransactions();
        producer.beginTransaction();
        return producer;
    }

    private static void finish(KafkaProducer<String, String> producer, boolean commit) {
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }

    private Object committed(String topic, int count, String group) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        return IntStream.range(0, count)
                .mapToObj(index -> offsets.get(new TopicPartition(topic, index)))
                .map(offset -> offset == null ? -1 : offset.offset())
                .toList();
    }

    private Object delete(String topic, String group) throws Exception {
        admin.deleteConsumerGroups(List.of(group)).all().get();
        return admin.deleteTopics(List.of(topic)).all().get();
    }

    /** What the tool printed, and the code it left with. */
    private Object tool(String name, List<String> arguments, String input) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = System.out;
        List<Integer> codes = new ArrayList<>(); // the first one counts: a tool catches even what stands for the end of its machine
        Exit.Procedure left = (status, message) -> {
            codes.add(status);
            throw new Left();
        };
        Exit.setExitProcedure(left);
        Exit.setHaltProcedure(left);
        Exit.setShutdownHookAdder((hook, does) -> {}); // this machine goes on
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) arguments.toArray(new String[0]));
        } catch (java.lang.reflect.InvocationTargetException error) {
            if (!(error.getCause() instanceof Left)) {
                throw error;
            }
        } finally {
            System.setOut(out);
        }
        return Map.of("code", codes.isEmpty() ? 0 : codes.get(0), "said", said.toString(StandardCharsets.UTF_8));
    }

    private static class Left extends Error {}

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        return new KafkaProducer<>(with(more), new StringSerializer(), new StringSerializer());
    }

    private KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> settings = with(more);
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> with(Map<String, Object> more) {
        Map<String, Object> settings = new TreeMap<>(more);
        settings.put("bootstrap.servers", bootstrap);
        return settings;
    }

    private static void inTime(long end) {
        if (System.currentTimeMillis() > end) {
            throw new IllegalStateException("it took too long");
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        for (Iterator<JsonNode> each = array.elements(); each.hasNext(); ) {
            texts.add(each.next().asText());
        }
        return texts;
    }
}
