using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Tests.Services.Ec2.Query;

public sealed class FilterPatternTests
{
    [Theory]
    [InlineData("web", "web", true)]
    [InlineData("web", "Web", false)]
    [InlineData("web*", "web", true)]
    [InlineData("web*", "web-01", true)]
    [InlineData("*web*", "my-web-01", true)]
    [InlineData("web?", "web", true)]
    [InlineData("web?", "web1", true)]
    [InlineData("web?", "web12", false)]
    [InlineData("web??", "web12", true)]
    [InlineData("?web", "web", true)]
    [InlineData("w?b", "wb", true)]
    [InlineData("*", "", true)]
    [InlineData("?", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    [InlineData(@"\*amazon\?\\", @"*amazon?\", true)]
    [InlineData(@"\*amazon\?\\", @"xamazony\", false)]
    [InlineData(@"a\b", "ab", true)]
    [InlineData(@"a\", @"a\", true)]
    [InlineData("a*b*c", "a1b2c", true)]
    [InlineData("a*b*c", "a1c2b", false)]
    [InlineData("*?", "anything", true)]
    public void Matches_as_EC2_documents_it(string pattern, string text, bool expected) =>
        FilterPattern.Parse(pattern).Matches(text).ShouldBe(expected);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(@"pl\*ain", "pl*ain")]
    [InlineData("pl*ain", null)]
    [InlineData("pl?ain", null)]
    public void A_value_without_wildcards_is_exact(string pattern, string? expected) =>
        FilterPattern.Parse(pattern).Exact.ShouldBe(expected);

    [Fact]
    public void Agrees_with_a_regular_expression()
    {
        var pattern = Gen.Elements('a', 'b', '*', '?', '\\').ListOf().Select(text => new string([.. text]));
        var text = Gen.Elements('a', 'b', '*', '?', '\\').ListOf().Select(text => new string([.. text]));
        var pair = pattern.Zip(text, (left, right) => (left, right));
        Prop.ForAll(pair.ToArbitrary(), pair => FilterPattern.Parse(pair.left).Matches(pair.right) == ToRegex(pair.left).IsMatch(pair.right))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void A_hostile_pattern_is_answered_at_once()
    {
        var pattern = FilterPattern.Parse(string.Concat(Enumerable.Repeat("*a", 127)) + "b");
        pattern.Matches(new string('a', 256)).ShouldBeFalse();
    }

    // An independent reading of the same rules: '*' is '.*', '?' is '.?', a backslash takes the next character literally.
    private static Regex ToRegex(string pattern)
    {
        var regex = new System.Text.StringBuilder(@"\A");
        for (var index = 0; index < pattern.Length; index++)
        {
            regex.Append(pattern[index] switch
            {
                '*' => ".*",
                '?' => ".?",
                '\\' when index + 1 < pattern.Length => Regex.Escape(pattern[++index].ToString()),
                var other => Regex.Escape(other.ToString()),
            });
        }

        return new Regex(regex.Append(@"\z").ToString(), RegexOptions.Singleline | RegexOptions.NonBacktracking);
    }
}
