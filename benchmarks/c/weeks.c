/* One year of the weekly model (docs/model.md, section 2) by hand, as a measure for the kernel.

   What a programmer would write who knows the sizes in advance: forces, regions, patrons and strategies
   are constants, sixteen futures fill one vector, the noise of a block is drawn once for all strategies and
   each strategy is then played through all weeks while its situation stays in the first cache. It does
   everything of section 2 (policy, backing, control, falls, inheritance, receptivity, standing, violence,
   score, levers, hedge index) with the effects of three dated events, whose weeks come drawn. It keeps the
   payoff, but neither its terms nor weekly series.

   It reads the numbers of the states and the keys of the random numbers from a file (`struct head`, then the
   arrays in the order of `read_input`), so that it plays the very futures that the kernel plays.

       gcc -O3 -march=native -ffast-math -fno-finite-math-only weeks.c -o weeks -lm
       ./weeks INPUT ROUNDS [OUTPUT]

   Prints the processor time of each round in ns per future, week and strategy, then the means of payoff,
   influence, hedge index, levers and, by force, power and share fallen. OUTPUT gets them by future, for a fall
   its week or -1: float32 [strategies][4 + 2 forces][futures].

   Sources: the model is docs/model.md; Philox4x32-10 is Salmon, Moraes, Dror and Shaw 2011. */

#define _POSIX_C_SOURCE 200809L
#include "lanes.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { F = 3, G = 4, P = 5, C = 2, STRATEGIES = 8, POLICIES = STRATEGIES + P - 1, B = 4, EVENTS = 3 };
enum { WEEKS = 260, NOISE = F + G * F + F, RESULTS = 4 + 2 * F, PAST = 5 };

struct head {
    int32_t futures, states, weeks, focus, incumbent;
    int32_t backing[B][3];          /* patron, force, channel */
    int32_t moved, over;            /* withdrawal: which backing moves, over how many weeks (announced) */
    int32_t pushed, push_weeks;     /* offensive: which force, for how many weeks, everywhere */
    int32_t shaken;                 /* cracks: whose hazard */
    int32_t policy[STRATEGIES][P];
    float form[POLICIES][3];        /* follow-power, follow-standing, floor */
    float region_weight[G], interest[P][G], majority;
    uint32_t key[NOISE][2];
};

/* The numbers of a state; each member is one or several rows of the table in the file, in this order. */
struct state {
    v control[G][F], home[G][F], momentum[F], effect[F][C], bandwagon[F], legitimacy[F], undermine[F];
    v national[F], regional[F], rate[F], threshold[F], steepness[F], shield[F][C], panic[F], slide[F];
    v receptivity[F], shopping[F], alienation[F], duplicity[F], parity[F], hostility, fade, warmth, inherit;
    v violence, violence_mean, revert, contest, after_fall, budget[P], gain[P][F], standing[P][F];
    v backing[P][F][C], tie[F][F], base[POLICIES][F];
    v influence, of_violence, exposure, cost, backing_cost[C], holds, settlement, chaos, takeover[F];
    v of_power[F], rivals[P], of_control[G][F], terminal, target, push, factor;
};
enum { ROWS = sizeof(struct state) / sizeof(v) };

/* What one strategy has led to so far. */
struct situation {
    v control[G][F], power[F], at_start[F], past[PAST][F], alive[F], in_field, standing[P][F], violence, x[P][F];
    v backing[B], expected[B], step, left, until, log_hazard[F], fell[F], payoff, last, influence, hedge;
    int stale;
};

/* What all strategies of a block share. */
struct shared {
    v drift[WEEKS][G][F], log_draw[WEEKS][F];
    v log_rate[F], log_threshold[F], log_factor;
    v hostile[F][F], friendly[F][F], no_rival[F][F]; /* ties as rivalry and friendship; large for those no rivals */
    vi due[EVENTS];
};

static struct head head;
static uint32_t *who, *stream;
static int32_t *due;
static float *table, *results;
static struct state p;
static struct shared shared;

/* Draw the year's noise of a block: mu + home + sigma eps + varsigma eps, and the draws for falls. */
static void draw_noise(int first)
{
    vu state, chance, words[4];
    for (int l = 0; l < LANES; l++) state[l] = who[first + l], chance[l] = stream[first + l];
    for (int t = 0; t < head.weeks; t++)
        for (int g = 0; g < G; g++)
            for (int j = 0; j < F; j++) shared.drift[t][g][j] = p.momentum[j] + p.home[g][j];
    for (int n = 0; n < NOISE; n++)
        for (int t = 0; t < head.weeks; t++) {
            if (t % 4 == 0) philox(state, chance, t / 4, head.key[n], words);
            v u = (__builtin_convertvector((vi)(words[t % 4] >> 9), v) + 0.5f) * 0x1p-23f;
            if (n < F) {
                v shock = p.national[n] * normal(u);
                for (int g = 0; g < G; g++) shared.drift[t][g][n] += shock;
            } else if (n < F + G * F)
                shared.drift[t][(n - F) / F][n % F] += p.regional[n % F] * normal(u);
            else
                shared.log_draw[t][n - F - G * F] = natural_log(-natural_log(1.0f - u));
        }
}

static void share_constants(int first)
{
    for (int j = 0; j < F; j++) {
        shared.log_rate[j] = natural_log(p.rate[j]);
        shared.log_threshold[j] = natural_log(p.threshold[j]);
        for (int k = 0; k < F; k++) {
            shared.hostile[j][k] = j == k ? all(0) : most(-p.tie[j][k], all(0));
            shared.friendly[j][k] = j == k ? all(0) : most(p.tie[j][k], all(0));
            shared.no_rival[j][k] = pick(shared.hostile[j][k] > 0.0f, all(0), all(1e9f));
        }
    }
    shared.log_factor = natural_log(p.factor);
    for (int e = 0; e < EVENTS; e++)
        for (int l = 0; l < LANES; l++) shared.due[e][l] = due[(size_t)e * head.futures + first + l];
}

static inline void measure_power(struct situation *s)
{
    for (int j = 0; j < F; j++) {
        s->power[j] = all(0);
        for (int g = 0; g < G; g++) s->power[j] += head.region_weight[g] * s->control[g][j];
    }
}

static void start(struct situation *s)
{
    *s = (struct situation){.violence = p.violence, .in_field = all(F), .stale = 1};
    for (int g = 0; g < G; g++)
        for (int j = 0; j < F; j++) s->control[g][j] = p.control[g][j];
    for (int i = 0; i < P; i++)
        for (int j = 0; j < F; j++) s->standing[i][j] = p.standing[i][j];
    measure_power(s);
    for (int j = 0; j < F; j++) {
        s->alive[j] = all(1.0f), s->fell[j] = all(-1.0f), s->at_start[j] = s->power[j];
        for (int n = 0; n < PAST; n++) s->past[n][j] = s->power[j];
    }
    for (int k = 0; k < B; k++)
        s->backing[k] = s->expected[k] = p.backing[head.backing[k][0]][head.backing[k][1]][head.backing[k][2]];
}

/* Step 1. */
static inline void fire_events(struct situation *s, int week)
{
    vi leaves = shared.due[0] == week, attacks = shared.due[1] == week, cracks = shared.due[2] == week;
    if (any(leaves)) {
        int k = head.moved;
        leaves &= s->alive[head.backing[k][1]] > 0.0f;
        s->step = pick(leaves, (p.target - s->backing[k]) / (float)head.over, s->step);
        s->left = pick(leaves, all(head.over), s->left);
        s->expected[k] = pick(leaves, p.target, s->expected[k]);
    }
    if (any(attacks)) s->until = pick(attacks, all(week + head.push_weeks), s->until);
    if (any(cracks)) s->log_hazard[head.shaken] += pick(cracks, shared.log_factor, all(0));
}

/* Step 2, eq. 1. */
static inline void engage(struct situation *s, const int32_t *policy)
{
    for (int i = 0; i < P; i++) {
        const float *form = head.form[policy[i]];
        if (form[0] == 0.0f && form[1] == 0.0f && !s->stale) continue;
        v u[F], total = all(0);
        for (int j = 0; j < F; j++) {
            u[j] = s->alive[j] * p.base[policy[i]][j] * power_of(s->power[j], form[0]) * power_of(s->standing[i][j], form[1]);
            total += u[j];
        }
        v share = ratio(all(1.0f - form[2]), total), fair = ratio(all(form[2]), s->in_field);
        for (int j = 0; j < F; j++) s->x[i][j] = p.budget[i] * s->alive[j] * (u[j] * share + fair);
    }
    s->stale = 0;
}

/* Step 3. */
static inline void move_backing(struct situation *s)
{
    if (!any(s->left > 0.5f)) return;
    v *level = &s->backing[head.moved];
    v next = pick(s->left < 1.5f, p.target, least(most(*level + s->step, all(0)), all(1.0f)));
    *level = pick(s->left > 0.5f, next, *level);
    s->left = most(s->left - 1.0f, all(0));
}

/* Step 4, eq. 2-3. */
static inline v backed(const struct situation *s, int k) /* beyond what there was at the start */
{
    const int32_t *b = head.backing[k];
    return s->backing[k] - p.backing[b[0]][b[1]][b[2]];
}

static inline void move_control(struct situation *s, int week)
{
    v nation[F], hostile = s->violence * p.hostility;
    for (int j = 0; j < F; j++) nation[j] = p.bandwagon[j] * (s->power[j] - s->at_start[j]);
    for (int k = 0; k < B; k++) nation[head.backing[k][1]] += p.effect[head.backing[k][1]][head.backing[k][2]] * backed(s, k);
    for (int j = 0; j < F; j++) {
        v effort = all(0);
        for (int i = 0; i < P; i++) effort += s->x[i][j];
        nation[j] += p.legitimacy[j] * effort;
        if (j != head.incumbent) nation[head.incumbent] -= p.undermine[j] * effort;
    }
    nation[head.pushed] += pick(s->until > (float)week, p.push, all(0));
    for (int g = 0; g < G; g++) {
        v grown[F], total = all(0);
        for (int j = 0; j < F; j++) {
            v neighbours = all(0);
            for (int k = 0; k < F; k++)
                if (k != j) neighbours += p.tie[j][k] * s->control[g][k];
            grown[j] = s->control[g][j] * raise_e(shared.drift[week][g][j] + nation[j] + hostile * neighbours);
            total += grown[j];
        }
        v share = ratio(all(1.0f), total);
        for (int j = 0; j < F; j++) s->control[g][j] = grown[j] * share;
    }
    measure_power(s);
}

/* Give what the fallen held to those still in the field there, in one lane. */
static void hand_over(struct situation *s, const vi *fell, int l)
{
    for (int g = 0; g < G; g++) {
        float before[F];
        for (int j = 0; j < F; j++) before[j] = s->control[g][j][l];
        for (int j = 0; j < F; j++) {
            if (!fell[j][l]) continue;
            float claim[F], claims = 0, held = 0;
            for (int k = 0; k < F; k++) {
                int heir = s->alive[k][l] > 0 && !fell[k][l];
                claim[k] = heir ? before[k] * powf(1 + p.tie[j][k][l], p.inherit[l]) : 0;
                claims += claim[k], held += heir ? before[k] : 0;
            }
            s->control[g][j][l] = 0;
            for (int k = 0; k < F && held > 0; k++)
                if (s->alive[k][l] > 0 && !fell[k][l])
                    s->control[g][k][l] += before[j] * (claims > 0 ? claim[k] / claims : before[k] / held);
        }
    }
}

/* Step 5, eq. 4. Returns how many fell, by lane; `some` says whether any did. */
static inline v fall(struct situation *s, int week, int *some)
{
    vi fell[F], fallen = (vi){};
    v count = all(0), shield[F] = {}, gap[F] = {};
    for (int k = 0; k < B; k++) {
        const int32_t *b = head.backing[k];
        shield[b[1]] += p.shield[b[1]][b[2]] * backed(s, k);
        gap[b[1]] += s->backing[k] - s->expected[k];
    }
    for (int j = 0; j < F; j++) {
        v *earlier = &s->past[(week + 1) % PAST][j]; /* P(t-4); P(t+1) will stand there */
        v hazard = shared.log_rate[j] + s->log_hazard[j] - shield[j] + p.panic[j] * most(gap[j], all(0))
                   + p.steepness[j] * (shared.log_threshold[j] - natural_log(most(s->power[j], all(1e-6f))))
                   + p.slide[j] * most(*earlier - s->power[j], all(0));
        fell[j] = (s->alive[j] > 0.0f) & (least(hazard, all(1.60943791f)) > shared.log_draw[week][j]);
        fallen |= fell[j];
    }
    *some = any(fallen);
    if (*some) {
        for (int l = 0; l < LANES; l++)
            if (fallen[l]) hand_over(s, fell, l);
        for (int j = 0; j < F; j++) {
            v now = where(fell[j]);
            s->alive[j] -= now, s->in_field -= now, count += now;
            s->fell[j] = pick(fell[j], all(week), s->fell[j]);
        }
        s->stale = 1;
        measure_power(s);
    }
    for (int j = 0; j < F; j++) s->past[(week + 1) % PAST][j] = s->power[j];
    return count;
}

/* Steps 6 and 7, eq. 5. */
static inline void move_standing(struct situation *s)
{
    v now[F] = {}, then[F] = {}, kept[P][F] = {}, wooed[F];
    for (int k = 0; k < B; k++) {
        const int32_t *b = head.backing[k];
        v before = p.backing[b[0]][b[1]][b[2]];
        now[b[1]] += s->expected[k], then[b[1]] += before, kept[b[0]][b[1]] += s->expected[k] - before;
    }
    for (int j = 0; j < F; j++) {
        v lost = pick(then[j] > 0.0f, most(1.0f - ratio(now[j], then[j]), all(0)), all(0));
        wooed[j] = p.receptivity[j] * (1.0f + p.shopping[j] * lost);
    }
    for (int i = 0; i < P; i++) {
        v *x = s->x[i];
        for (int j = 0; j < F; j++) {
            v rivals = all(0), friends = all(0), r = s->standing[i][j];
            v rho = pick(kept[i][j] >= -1e-6f, wooed[j], p.receptivity[j]);
            v most_wooed = all(-1.0f); /* the rival of j on whom i spends most */
            for (int k = 0; k < F; k++) {
                if (k == j) continue;
                rivals += shared.hostile[j][k] * x[k];
                friends += shared.friendly[j][k] * x[k];
                most_wooed = most(most_wooed, x[k] - shared.no_rival[j][k]);
            }
            vi slighted = (most_wooed >= x[j] - 1e-6f) & (x[j] > 0.0f);
            r += (p.gain[i][j] * rho * x[j] + p.warmth * friends) * (1.0f - r) - p.fade * r
                 - (p.alienation[j] + p.duplicity[j] * x[j]) * rivals - pick(slighted, p.parity[j], all(0));
            s->standing[i][j] = s->alive[j] * least(most(r, all(0)), all(1.0f));
        }
    }
}

/* Steps 8 and 9, eq. 6, and the hedge index of the week. */
static inline void score(struct situation *s, v fallen)
{
    v contested = all(1.0f), u = all(0), reach[P], *x = s->x[head.focus], effort = all(0), hedged = all(0);
    for (int g = 0; g < G; g++)
        for (int j = 0; j < F; j++) contested -= head.region_weight[g] * s->control[g][j] * s->control[g][j];
    v drawn_to = p.violence_mean * (1.0f + p.contest * contested);
    s->violence = most(s->violence + p.revert * (drawn_to - s->violence) + p.after_fall * fallen, all(0));
    for (int i = 0; i < P; i++) {
        reach[i] = all(0);
        for (int j = 0; j < F; j++) {
            v held = all(0);
            for (int g = 0; g < G; g++) held += head.interest[i][g] * s->control[g][j];
            reach[i] += held * s->standing[i][j];
        }
        u -= p.rivals[i] * reach[i];
    }
    v order = pick(s->alive[head.incumbent] > 0.0f, p.holds, p.chaos);
    for (int j = 0; j < F; j++) {
        if (j != head.incumbent) order = pick(s->power[j] >= head.majority, p.takeover[j], order);
        u += p.of_power[j] * s->power[j];
        effort += x[j];
        for (int k = 0; k < j; k++) hedged += 2.0f * x[j] * x[k] * shared.hostile[j][k];
        for (int g = 0; g < G; g++) u += p.of_control[g][j] * s->control[g][j];
    }
    u += p.influence * reach[head.focus] + order;
    u += p.of_violence * s->violence * p.exposure - p.cost * effort;
    for (int k = 0; k < B; k++)
        if (head.backing[k][0] == head.focus) u -= p.backing_cost[head.backing[k][2]] * s->backing[k];
    s->payoff += u, s->last = u, s->influence += reach[head.focus];
    s->hedge += ratio(hedged, effort * effort);
}

static inline void bury(struct situation *s)
{
    for (int k = 0; k < B; k++) {
        v alive = s->alive[head.backing[k][1]];
        s->backing[k] *= alive, s->expected[k] *= alive;
        if (k == head.moved) s->left *= alive;
    }
}

static void write_results(const struct situation *s, int strategy, int first)
{
    v out[RESULTS], weeks = all(head.weeks);
    out[0] = (1.0f - p.terminal) * s->payoff / weeks + p.terminal * s->last;
    out[1] = s->influence / weeks, out[2] = s->hedge / weeks, out[3] = all(0);
    for (int j = 0; j < F; j++) {
        out[3] += where((s->alive[j] > 0.0f) & (s->standing[head.focus][j] >= 0.3f));
        out[4 + j] = s->power[j], out[4 + F + j] = s->fell[j];
    }
    for (int n = 0; n < RESULTS; n++)
        for (int l = 0; l < LANES; l++) results[((size_t)strategy * RESULTS + n) * head.futures + first + l] = out[n][l];
}

static void play_block(int first)
{
    static struct situation s;
    float *rows = (float *)&p;
    for (int row = 0; row < ROWS; row++)
        for (int l = 0; l < LANES; l++)
            rows[row * LANES + l] = table[(size_t)row * head.states + who[first + l]];
    share_constants(first);
    draw_noise(first);
    for (int d = 0; d < STRATEGIES; d++) {
        start(&s);
        for (int week = 0; week < head.weeks; week++) {
            int some;
            fire_events(&s, week);
            engage(&s, head.policy[d]);
            move_backing(&s);
            move_control(&s, week);
            v fallen = fall(&s, week, &some);
            move_standing(&s);
            score(&s, fallen);
            if (some) bury(&s);
        }
        write_results(&s, d, first);
    }
}

static void *take(FILE *file, size_t bytes)
{
    void *out = malloc(bytes);
    if (!out || fread(out, 1, bytes, file) != bytes) fputs("the input is cut short\n", stderr), exit(2);
    return out;
}

static void read_input(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fread(&head, sizeof head, 1, file) != 1) fputs("no input\n", stderr), exit(2);
    if (head.futures % LANES || head.weeks > WEEKS) fputs("futures must fill vectors, weeks are limited\n", stderr), exit(2);
    who = take(file, 4 * (size_t)head.futures); /* row of the table; also the Philox counter */
    stream = take(file, 4 * (size_t)head.futures);
    due = take(file, 4 * (size_t)head.futures * EVENTS);
    table = take(file, 4 * (size_t)head.states * ROWS);
    results = malloc(4 * (size_t)head.futures * RESULTS * STRATEGIES);
    fclose(file);
}

int main(int argc, char **argv)
{
    if (argc < 3) return fputs("usage: weeks INPUT ROUNDS [OUTPUT]\n", stderr), 2;
    read_input(argv[1]);
    for (int round = 0; round < atoi(argv[2]); round++) {
        struct timespec begin, end;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
        for (int first = 0; first < head.futures; first += LANES) play_block(first);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        double ns = (end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec);
        printf("ns %.4f\n", ns / ((double)head.futures * head.weeks * STRATEGIES));
    }
    for (int n = 0; n < RESULTS; n++) {
        double sum = 0;
        for (int d = 0; d < STRATEGIES; d++)
            for (int f = 0; f < head.futures; f++) {
                float value = results[((size_t)d * RESULTS + n) * head.futures + f];
                sum += n < 4 + F ? value : value >= 0;
            }
        printf("mean %.6f\n", sum / ((double)head.futures * STRATEGIES));
    }
    FILE *out = argc > 3 ? fopen(argv[3], "wb") : NULL;
    if (argc > 3 && (!out || !fwrite(results, 4 * (size_t)head.futures * RESULTS * STRATEGIES, 1, out))) return 1;
    return out ? fclose(out) : 0;
}
