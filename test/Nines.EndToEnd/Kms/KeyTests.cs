using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Kms;

public sealed class KeyTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("kms", "CreateKey", "DescribeKey", "ListKeys", "CreateAlias", "UpdateAlias", "ListAliases", "DeleteAlias", "UpdateKeyDescription", "GetKeyPolicy", "ListKeyPolicies")]
    public async Task A_key_is_found_by_its_id_its_name_and_the_full_names_of_both()
    {
        var answer = await cloud.Boto.RunAsync("""
            kms = client('kms')
            one = kms.create_key(Description='first', Tags=[{'TagKey': 'a', 'TagValue': 'b'}])['KeyMetadata']
            two = kms.create_key()['KeyMetadata']
            kms.create_alias(AliasName='alias/of-one', TargetKeyId=one['KeyId'])
            alias = [a for page in kms.get_paginator('list_aliases').paginate(PaginationConfig={'PageSize': 1}) for a in page['Aliases'] if a['AliasName'] == 'alias/of-one'][0]
            names = [one['KeyId'], one['Arn'], 'alias/of-one', alias['AliasArn']]
            same = all(kms.describe_key(KeyId=name)['KeyMetadata']['KeyId'] == one['KeyId'] for name in names)
            kms.update_alias(AliasName='alias/of-one', TargetKeyId=two['KeyId'])
            moved = kms.describe_key(KeyId='alias/of-one')['KeyMetadata']['KeyId'] == two['KeyId']
            kms.update_key_description(KeyId=one['KeyId'], Description='changed')
            listed = {k['KeyId'] for page in kms.get_paginator('list_keys').paginate(PaginationConfig={'PageSize': 1}) for k in page['Keys']}
            answer = [
                same, moved, kms.describe_key(KeyId=one['KeyId'])['KeyMetadata']['Description'], {one['KeyId'], two['KeyId']} <= listed,
                json.loads(kms.get_key_policy(KeyId=one['KeyId'], PolicyName='default')['Policy'])['Statement'][0]['Action'],
                kms.list_key_policies(KeyId=one['KeyId'])['PolicyNames'],
                one['KeyState'], one['KeyManager'], one['KeySpec'], one['Enabled'],
                refused(lambda: kms.create_alias(AliasName='alias/of-one', TargetKeyId=one['KeyId'])),
                refused(lambda: kms.create_alias(AliasName='alias/aws/mine', TargetKeyId=one['KeyId'])),
                refused(lambda: kms.create_alias(AliasName='of-one', TargetKeyId=one['KeyId'])),
                refused(lambda: kms.describe_key(KeyId='of-one')),
                refused(lambda: kms.describe_key(KeyId='alias/nobody')),
                refused(lambda: kms.create_key(KeySpec='RSA_2048', KeyUsage='SIGN_VERIFY')),
            ]
            kms.delete_alias(AliasName='alias/of-one')
            answer.append(refused(lambda: kms.describe_key(KeyId='alias/of-one')))
            """);
        answer!.ToJsonString().ShouldBe("""[true,true,"changed",true,"kms:*",["default"],"Enabled","CUSTOMER","SYMMETRIC_DEFAULT",true,"AlreadyExistsException","NotAuthorizedException","InvalidAliasNameException","NotFoundException","NotFoundException","UnsupportedOperationException","NotFoundException"]""");
    }

    [Fact]
    [Covers("kms", "Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateRandom")]
    public async Task Secrets_come_back_with_their_context_and_under_another_key()
    {
        var answer = await cloud.Boto.RunAsync("""
            kms = client('kms')
            one, two = [kms.create_key()['KeyMetadata']['Arn'] for _ in range(2)]
            sealed = kms.encrypt(KeyId=one, Plaintext=b'secret', EncryptionContext={'for': 'me'})['CiphertextBlob']
            moved = kms.re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext={'for': 'me'}, DestinationKeyId=two)
            data = kms.generate_data_key(KeyId=one, KeySpec='AES_256')
            blind = kms.generate_data_key_without_plaintext(KeyId=one, NumberOfBytes=64)
            answer = [
                kms.decrypt(CiphertextBlob=sealed, EncryptionContext={'for': 'me'})['Plaintext'].decode(),
                [moved['SourceKeyId'] == one, moved['KeyId'] == two, kms.decrypt(CiphertextBlob=moved['CiphertextBlob'], KeyId=two)['Plaintext'].decode()],
                [len(data['Plaintext']), kms.decrypt(CiphertextBlob=data['CiphertextBlob'])['Plaintext'] == data['Plaintext']],
                ['Plaintext' in blind, len(kms.decrypt(CiphertextBlob=blind['CiphertextBlob'])['Plaintext'])],
                [len(kms.generate_random(NumberOfBytes=16)['Plaintext']), kms.generate_random(NumberOfBytes=16)['Plaintext'] != kms.generate_random(NumberOfBytes=16)['Plaintext']],
                refused(lambda: kms.decrypt(CiphertextBlob=sealed)),
                refused(lambda: kms.decrypt(CiphertextBlob=moved['CiphertextBlob'], KeyId=one)),
                refused(lambda: kms.decrypt(CiphertextBlob=b'nothing of the kind')),
                refused(lambda: kms.encrypt(KeyId=one, Plaintext=b'x' * 4097)),
                refused(lambda: kms.generate_data_key(KeyId=one)),
            ]
            """);
        answer!.ToJsonString().ShouldBe("""["secret",[true,true,"secret"],[32,true],[false,64],[16,true],"InvalidCiphertextException","IncorrectKeyException","InvalidCiphertextException","ValidationException","ValidationException"]""");
    }

    [Fact]
    [Covers("kms", "DisableKey", "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion")]
    public async Task A_key_that_is_off_or_on_its_way_out_opens_nothing()
    {
        var answer = await cloud.Boto.RunAsync("""
            kms = client('kms')
            key = kms.create_key()['KeyMetadata']['KeyId']
            sealed = kms.encrypt(KeyId=key, Plaintext=b'secret')['CiphertextBlob']
            state = lambda: kms.describe_key(KeyId=key)['KeyMetadata']['KeyState']
            kms.disable_key(KeyId=key)
            answer = [state(), refused(lambda: kms.decrypt(CiphertextBlob=sealed))]
            kms.enable_key(KeyId=key)
            answer += [state(), kms.decrypt(CiphertextBlob=sealed)['Plaintext'].decode()]
            answer += [refused(lambda: kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=6))]
            going = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
            answer += [going['KeyState'], state(), refused(lambda: kms.decrypt(CiphertextBlob=sealed)), refused(lambda: kms.enable_key(KeyId=key))]
            kms.cancel_key_deletion(KeyId=key)
            answer += [state(), refused(lambda: kms.cancel_key_deletion(KeyId=key))]
            kms.enable_key(KeyId=key)
            answer += [kms.decrypt(CiphertextBlob=sealed)['Plaintext'].decode()]
            """);
        answer!.ToJsonString().ShouldBe("""["Disabled","DisabledException","Enabled","secret","ValidationException","PendingDeletion","PendingDeletion","KMSInvalidStateException","KMSInvalidStateException","Disabled","KMSInvalidStateException","secret"]""");
    }

    [Fact]
    [Covers("kms", "EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "TagResource", "UntagResource", "ListResourceTags")]
    public async Task Rotation_and_tags_are_as_they_were_set()
    {
        var answer = await cloud.Boto.RunAsync("""
            kms = client('kms')
            key = kms.create_key(Tags=[{'TagKey': 'a', 'TagValue': '1'}])['KeyMetadata']['KeyId']
            rotates = lambda: kms.get_key_rotation_status(KeyId=key)['KeyRotationEnabled']
            answer = [rotates()]
            kms.enable_key_rotation(KeyId=key)
            answer += [rotates()]
            kms.disable_key_rotation(KeyId=key)
            answer += [rotates()]
            kms.tag_resource(KeyId=key, Tags=[{'TagKey': 'b', 'TagValue': '2'}, {'TagKey': 'a', 'TagValue': '3'}])
            kms.untag_resource(KeyId=key, TagKeys=['b', 'c'])
            answer += [kms.list_resource_tags(KeyId=key)['Tags'], refused(lambda: kms.tag_resource(KeyId=key, Tags=[{'TagKey': 'aws:x', 'TagValue': ''}]))]
            """);
        answer!.ToJsonString().ShouldBe("""[false,true,false,[{"TagKey":"a","TagValue":"3"}],"TagException"]""");
    }

    [Fact]
    [Covers("kms", "RotateKeyOnDemand", "ListKeyRotations")]
    public async Task A_key_rotated_on_demand_opens_what_it_encrypted_before()
    {
        var answer = await cloud.JavaScript.RunAsync("""
            const { KeyMetadata: { KeyId } } = await kms.send(new KMS.CreateKeyCommand({}));
            const { CiphertextBlob } = await kms.send(new KMS.EncryptCommand({ KeyId, Plaintext: Buffer.from('secret') }));
            await kms.send(new KMS.RotateKeyOnDemandCommand({ KeyId }));
            const { Rotations } = await kms.send(new KMS.ListKeyRotationsCommand({ KeyId }));
            const { Plaintext } = await kms.send(new KMS.DecryptCommand({ CiphertextBlob }));
            return [Rotations.map(rotation => rotation.RotationType), Buffer.from(Plaintext).toString()];
            """);
        answer!.ToJsonString().ShouldBe("""[["ON_DEMAND"],"secret"]""");
    }
}
