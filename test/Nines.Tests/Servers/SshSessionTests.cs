using Nines.Composition;
using Nines.Servers;

namespace Nines.Tests.Servers;

public sealed class SshSessionTests
{
    private static readonly Server s_server = new("i-0123456789abcdef0", "running", "198.18.1.2", "ami-0123456789abcdef0", null);

    [Fact]
    public void The_host_key_is_kept_under_the_servers_id_since_addresses_are_used_again()
    {
        var arguments = SshSession.Arguments(new CloudPaths("/state"), s_server, "ec2-user", []);
        arguments.ShouldContain("HostKeyAlias=i-0123456789abcdef0");
        arguments.ShouldContain("UserKnownHostsFile=/state/ssh/known_hosts");
        arguments[^1].ShouldBe("ec2-user@198.18.1.2");
    }

    [Theory]
    [InlineData("uname -r", "uname", "-r")]
    [InlineData("echo 'two words'", "echo", "two words")]
    [InlineData(@"echo 'it'\''s' '$HOME' ''", "echo", "it's", "$HOME", "")]
    public void The_words_of_a_command_stay_apart(string remote, params string[] words) =>
        SshSession.Arguments(new CloudPaths("/state"), s_server, "root", words).TakeLast(2).ShouldBe(["--", remote]);
}
