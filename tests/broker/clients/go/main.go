// franz-go as a driver (tests/broker/clients/driver.py).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const within = 60 * time.Second

type asked struct {
	Step, Topic, Codec, Until, Isolation, Group, Protocol, ID string
	Partitions, Members, Wanted                               int
	Keys                                                      []string
	Commit                                                    bool
}

// One consumer of the group; the client tells which partitions it has from a goroutine of its own.
type member struct {
	*kgo.Client
	lock  sync.Mutex
	given []int32
}

type driver struct {
	bootstrap  string
	admin      *kadm.Client
	members    []*member
	found      [][4]any
	partitions int
}

var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

func main() {
	client, err := kgo.NewClient(kgo.SeedBrokers(os.Args[1]))
	if err != nil {
		panic(err)
	}
	driver := driver{bootstrap: os.Args[1], admin: kadm.NewClient(client)}
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	output := json.NewEncoder(os.Stdout)
	for input.Scan() {
		var request asked
		if err := json.Unmarshal(input.Bytes(), &request); err != nil {
			panic(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), within)
		value, err := driver.step(ctx, request)
		cancel()
		if err != nil {
			output.Encode(map[string]string{"error": err.Error()})
		} else {
			output.Encode(map[string]any{"ok": value})
		}
	}
}

func (d *driver) step(ctx context.Context, a asked) (any, error) {
	switch a.Step {
	case "codecs":
		return []string{"gzip", "snappy", "lz4", "zstd"}, nil
	case "create":
		_, err := d.admin.CreateTopic(ctx, int32(a.Partitions), 1, nil, a.Topic)
		return nil, err
	case "produce":
		return nil, d.produce(ctx, a)
	case "read":
		return d.read(ctx, a)
	case "join":
		return d.join(ctx, a)
	case "consume":
		return d.consume(ctx, a.Wanted)
	case "leave":
		last := len(d.members) - 1
		d.members[last].Close()
		d.members = d.members[:last]
		return d.settled(ctx)
	case "end":
		for _, each := range d.members {
			each.Close()
		}
		d.members = nil
		return nil, nil
	case "transact":
		return nil, d.transact(ctx, a)
	case "committed":
		return d.committed(ctx, a)
	case "delete":
		if _, err := d.admin.DeleteGroup(ctx, a.Group); err != nil {
			return nil, err
		}
		_, err := d.admin.DeleteTopic(ctx, a.Topic)
		return nil, err
	case "topics":
		return d.topics(ctx)
	}
	return nil, fmt.Errorf("no such step")
}

func (d *driver) client(options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append(options, kgo.SeedBrokers(d.bootstrap), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
}

func records(a asked) []*kgo.Record {
	var all []*kgo.Record
	for index, key := range a.Keys {
		value := []byte(strings.Repeat(key, 20))
		all = append(all, &kgo.Record{Topic: a.Topic, Partition: int32(index % max(a.Partitions, 1)), Key: []byte(key), Value: value})
	}
	return all
}

func (d *driver) produce(ctx context.Context, a asked) error {
	client, err := d.client(kgo.ProducerBatchCompression(codecs[a.Codec]), kgo.ProducerLinger(20*time.Millisecond))
	if err != nil {
		return err
	}
	defer client.Close()
	return client.ProduceSync(ctx, records(a)...).FirstErr()
}

func (d *driver) read(ctx context.Context, a asked) ([]string, error) {
	isolation := kgo.ReadUncommitted()
	if a.Isolation == "read_committed" {
		isolation = kgo.ReadCommitted()
	}
	start := map[string]map[int32]kgo.Offset{a.Topic: {0: kgo.NewOffset().AtStart()}}
	client, err := d.client(kgo.FetchIsolationLevel(isolation), kgo.ConsumePartitions(start))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	keys := []string{}
	for {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		for _, record := range fetches.Records() {
			if string(record.Key) == a.Until {
				return keys, nil
			}
			keys = append(keys, string(record.Key))
		}
	}
}

func (d *driver) join(ctx context.Context, a asked) (any, error) {
	d.partitions = a.Partitions
	for range a.Members {
		one := &member{}
		lost := func(_ context.Context, _ *kgo.Client, places map[string][]int32) { one.change(nil, places[a.Topic]) }
		options := []kgo.Opt{
			kgo.ConsumerGroup(a.Group), kgo.ConsumeTopics(a.Topic), kgo.DisableAutoCommit(),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
			kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, places map[string][]int32) { one.change(places[a.Topic], nil) }),
			kgo.OnPartitionsRevoked(lost), kgo.OnPartitionsLost(lost),
		}
		if a.Protocol == "consumer" {
			options = append(options, kgo.WithContext(context.WithValue(context.Background(), "opt_in_kafka_next_gen_balancer_beta", true)))
		} else {
			options = append(options, kgo.HeartbeatInterval(300*time.Millisecond)) // so that it hears of a rebalance soon
		}
		client, err := d.client(options...)
		if err != nil {
			return nil, err
		}
		one.Client = client
		d.members = append(d.members, one)
	}
	return d.settled(ctx)
}

func (m *member) change(more, less []int32) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.given = slices.DeleteFunc(append(m.given, more...), func(each int32) bool { return slices.Contains(less, each) })
	slices.Sort(m.given)
}

func (m *member) assigned() []int32 {
	m.lock.Lock()
	defer m.lock.Unlock()
	return slices.Clone(m.given)
}

// Until every partition has a member, and every member one.
func (d *driver) settled(ctx context.Context) ([][]int32, error) {
	for {
		var given [][]int32
		var all []int32
		some := true
		for _, each := range d.members {
			its := each.assigned()
			given, all, some = append(given, its), append(all, its...), some && len(its) > 0
		}
		slices.Sort(all)
		if some && len(all) == d.partitions && len(slices.Compact(all)) == d.partitions {
			return given, nil
		}
		if err := d.poll(ctx); err != nil {
			return nil, err
		}
	}
}

func (d *driver) poll(ctx context.Context) error {
	for number, each := range d.members {
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		fetches := each.PollFetches(short)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, failed := range fetches.Errors() {
			if failed.Err != context.DeadlineExceeded {
				return failed.Err
			}
		}
		for _, record := range fetches.Records() {
			d.found = append(d.found, [4]any{number, record.Partition, record.Offset, string(record.Key)})
		}
	}
	return nil
}

func (d *driver) consume(ctx context.Context, wanted int) (any, error) {
	for len(d.found) < wanted {
		if err := d.poll(ctx); err != nil {
			return nil, err
		}
	}
	for _, each := range d.members {
		if err := each.CommitUncommittedOffsets(ctx); err != nil {
			return nil, err
		}
	}
	found := d.found
	d.found = nil
	return found, nil
}

func (d *driver) transact(ctx context.Context, a asked) error {
	client, err := d.client(kgo.TransactionalID(a.ID))
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		return err
	}
	if err := client.ProduceSync(ctx, records(a)...).FirstErr(); err != nil {
		return err
	}
	return client.EndTransaction(ctx, kgo.TransactionEndTry(a.Commit))
}

func (d *driver) committed(ctx context.Context, a asked) ([]int64, error) {
	offsets, err := d.admin.FetchOffsets(ctx, a.Group)
	found := []int64{}
	for index := range a.Partitions {
		offset, known := offsets.Lookup(a.Topic, int32(index))
		if !known {
			offset.At = -1
		}
		found = append(found, offset.At)
	}
	return found, err
}

// By a client of its own, since the other one answers from its memory.
func (d *driver) topics(ctx context.Context) ([]string, error) {
	client, err := d.client()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	topics, err := kadm.NewClient(client).ListTopics(ctx)
	return topics.Names(), err
}
