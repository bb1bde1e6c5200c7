using Nines.Simulation.Scheduling;

namespace Nines.Simulation.Clouds;

/// <summary>The control plane under faults, for some tens of seeds. A failure names its seed; NINES_SEED runs that one alone.</summary>
public sealed class CloudSimulationTests(ITestOutputHelper output)
{
    public static IEnumerable<TheoryDataRow<int>> EverySeed => Seeds.Of(30);

    [Theory]
    [MemberData(nameof(EverySeed))]
    public void Every_invariant_holds(int seed)
    {
        try
        {
            var result = CloudSimulation.Run(seed);
            output.WriteLine($"seed {seed}: {result}");
            result.Instances.ShouldBeGreaterThan(5);
            result.Strikes.ShouldBeGreaterThan(5);
        }
        catch (Exception e)
        {
            Seeds.Tell(seed, e);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => CloudSimulation.Run(3).ShouldBe(CloudSimulation.Run(3));
}
