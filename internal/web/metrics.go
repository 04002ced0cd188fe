package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Gauge is a family of values that are read when /metrics is asked: commits of the database, jobs by state. Read
// returns a value for each value of Label; a Gauge without Label returns one, for "".
type Gauge struct {
	Name  string // "sanbao_jobs"
	Help  string
	Label string // "state"; "" for a single value
	Total bool   // it only ever grows
	Read  func(ctx context.Context) (map[string]float64, error)
}

// gaugeTimeout bounds reading one Gauge.
const gaugeTimeout = 2 * time.Second

type metrics struct {
	requests *prometheus.HistogramVec
	handler  http.Handler
}

func newMetrics(s *Server) *metrics {
	m := &metrics{requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "sanbao_http_request_seconds",
		Help:    "Time to answer, by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})}
	reg := prometheus.NewRegistry()
	reg.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, g := range s.o.Gauges {
		reg.MustRegister(newGaugeCollector(g))
	}
	m.handler = promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	return m
}

// observe counts one answer. route is a pattern with its method in front, or "none".
func (m *metrics) observe(pattern string, status int, took time.Duration) {
	method, route, ok := strings.Cut(pattern, " ")
	if !ok {
		method, route = "", pattern
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// gaugeCollector shows a Gauge to Prometheus. One that cannot be read makes the scrape fail, and so is seen.
type gaugeCollector struct {
	Gauge
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func newGaugeCollector(g Gauge) *gaugeCollector {
	var labels []string
	if g.Label != "" {
		labels = []string{g.Label}
	}
	c := &gaugeCollector{Gauge: g, desc: prometheus.NewDesc(g.Name, g.Help, labels, nil), kind: prometheus.GaugeValue}
	if g.Total {
		c.kind = prometheus.CounterValue
	}
	return c
}

func (c *gaugeCollector) Describe(out chan<- *prometheus.Desc) { out <- c.desc }

func (c *gaugeCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gaugeTimeout)
	defer cancel()
	values, err := c.Read(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(c.desc, err)
		return
	}
	for label, v := range values {
		if c.Label == "" {
			out <- prometheus.MustNewConstMetric(c.desc, c.kind, v)
			continue
		}
		out <- prometheus.MustNewConstMetric(c.desc, c.kind, v, label)
	}
}
