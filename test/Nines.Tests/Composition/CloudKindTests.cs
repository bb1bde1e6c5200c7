using Nines.Composition;

namespace Nines.Tests.Composition;

public sealed class CloudKindTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nines-");

    private CloudPaths State => new(_folder.FullName);

    [Theory]
    [InlineData(null, 0)]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    public void A_new_state_is_what_is_asked(int? asked, int hosts) => CloudKind.SimulatedHostsOf(State, asked).ShouldBe(hosts);

    [Theory]
    [InlineData(0, null)]
    [InlineData(0, 0)]
    [InlineData(3, null)]
    [InlineData(3, 3)]
    public void A_state_that_was_begun_stays_what_it_is(int begun, int? asked)
    {
        new CloudKind(begun).Keep(State);

        CloudKind.SimulatedHostsOf(State, asked).ShouldBe(begun);
    }

    [Theory]
    [InlineData(0, 1, "this machine")]
    [InlineData(3, 0, "3 hosts in memory")]
    [InlineData(1, 3, "1 host in memory")]
    public void What_contradicts_it_is_refused(int begun, int asked, string known)
    {
        new CloudKind(begun).Keep(State);

        var refusal = Should.Throw<UserException>(() => CloudKind.SimulatedHostsOf(State, asked));
        refusal.ExitCode.ShouldBe(ExitCode.Usage);
        refusal.Message.ShouldContain(known);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    public void A_file_that_says_nothing_is_no_answer(string text)
    {
        File.WriteAllText(State.Kind, text);

        Should.Throw<UserException>(() => CloudKind.SimulatedHostsOf(State, null)).ExitCode.ShouldBe(ExitCode.Unavailable);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
