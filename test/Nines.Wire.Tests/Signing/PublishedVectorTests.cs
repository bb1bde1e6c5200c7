using System.Text;
using Nines.Wire.Signing;

namespace Nines.Wire.Tests.Signing;

/// <summary>The test suite that AWS published for Signature Version 4 (aws-sig-v4-test-suite): names, requests and signatures.</summary>
public sealed class PublishedVectorTests
{
    private const string Vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    private const string VanillaPost = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";

    private static readonly Credentials s_credentials = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private static readonly DateTimeOffset s_time = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly HeaderList s_plain = new(("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z"));

    [Theory]
    [InlineData("get-vanilla", "/", "", Vanilla)]
    [InlineData("get-vanilla-query", "/", "", Vanilla)]
    [InlineData("get-vanilla-empty-query-key", "/", "Param1=value1", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("get-vanilla-query-order-key-case", "/", "Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-vanilla-query-unreserved", "/", "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")]
    [InlineData("get-vanilla-utf8-query", "/", "ሴ=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("get-unreserved", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("get-utf8", "/ሴ", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-space", "/example space/", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("get-slash", "//", "", Vanilla)]
    [InlineData("get-slash-dot-slash", "/./", "", Vanilla)]
    [InlineData("get-slash-pointless-dot", "/./example", "", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5")]
    [InlineData("get-slashes", "//example//", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    [InlineData("get-relative", "/example/..", "", Vanilla)]
    [InlineData("get-relative-relative", "/example1/example2/../..", "", Vanilla)]
    public void Paths_and_queries_are_canonical(string name, string path, string query, string signature) =>
        Sign(new("GET", path, query, s_plain), "").ShouldBe(signature, name);

    [Fact]
    public void Get_header_key_duplicate() =>
        Sign(new("GET", "/", "", s_plain.With(("My-Header1", "value2,value2,value1"))), "")
            .ShouldBe("c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea");

    [Fact]
    public void Get_header_value_order() =>
        Sign(new("GET", "/", "", s_plain.With(("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"), ("My-Header1", "value2"))), "")
            .ShouldBe("08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01");

    [Fact]
    public void Get_header_value_trim() =>
        Sign(new("GET", "/", "", s_plain.With(("My-Header1", " value1"), ("My-Header2", " \"a   b   c\""))), "")
            .ShouldBe("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");

    [Fact]
    public void Post_vanilla() => Sign(new("POST", "/", "", s_plain), "").ShouldBe(VanillaPost);

    [Fact]
    public void Post_vanilla_query() =>
        Sign(new("POST", "/", "Param1=value1", s_plain), "").ShouldBe("28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11");

    [Fact]
    public void Post_header_key_sort() =>
        Sign(new("POST", "/", "", s_plain.With(("My-Header1", "value1"))), "")
            .ShouldBe("c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c");

    [Fact]
    public void Post_header_value_case() =>
        Sign(new("POST", "/", "", s_plain.With(("My-Header1", "VALUE1"))), "")
            .ShouldBe("cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d");

    [Fact]
    public void Post_sts_header_before()
    {
        const string Token = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
        Sign(new("POST", "/", "", s_plain.With(("X-Amz-Security-Token", Token))), "")
            .ShouldBe("85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
    }

    [Fact]
    public void Post_x_www_form_urlencoded() =>
        Sign(new("POST", "/", "", s_plain.With(("Content-Type", "application/x-www-form-urlencoded"))), "Param1=value1")
            .ShouldBe("ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");

    [Fact]
    public void Post_x_www_form_urlencoded_parameters() =>
        Sign(new("POST", "/", "", s_plain.With(("Content-Type", "application/x-www-form-urlencoded; charset=utf8"))), "Param1=value1")
            .ShouldBe("1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe");

    /// <summary>AWS General Reference: "Examples of the complete Signature Version 4 signing process", ListUsers.</summary>
    [Fact]
    public void The_documented_IAM_example()
    {
        var headers = s_plain.With(("Host", "iam.amazonaws.com"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"));

        var signer = new RequestSigner(s_credentials, "us-east-1", "iam");
        signer.Authorization(new("GET", "/", "Action=ListUsers&Version=2010-05-08", headers), Payload.EmptyHash, s_time).ShouldBe(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    private static string Sign(SignableRequest request, string body)
    {
        var authorization = new RequestSigner(s_credentials, "us-east-1", "service")
            .Authorization(request, Payload.Hash(Encoding.UTF8.GetBytes(body)), s_time);
        return authorization[(authorization.LastIndexOf('=') + 1)..];
    }
}
