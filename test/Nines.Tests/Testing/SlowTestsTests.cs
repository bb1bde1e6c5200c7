using Nines.Testing;

namespace Nines.Tests.Testing;

public sealed class SlowTestsTests
{
    [Fact]
    public void The_slowest_come_first_and_quick_ones_not_at_all()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """
                <assemblies><assembly><collection>
                  <test name="quick" time="0.5" /><test name="slow" time="12.25" /><test name="slower" time="100.0" />
                </collection></assembly></assemblies>
                """);
            SlowTests.Read(path).ShouldBe([("slower", TimeSpan.FromSeconds(100)), ("slow", TimeSpan.FromSeconds(12.25))]);
            File.WriteAllText(path, "<assemblies>");
            SlowTests.Read(path).ShouldBeEmpty();
        }
        finally
        {
            File.Delete(path);
        }

        SlowTests.Read(path).ShouldBeEmpty();
    }
}
